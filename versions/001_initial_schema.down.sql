-- undoes 001: initial schema

-- revgraph: only postgres
DROP TABLE public.workflowlog;
DROP TABLE public.repository;
DROP TABLE public.prompt;
DROP TABLE public.project;
DROP TABLE public.issue;
DROP TABLE public.credentialnodelink;
DROP TABLE public.node;
DROP TABLE public.credential;
DROP TABLE public."user";
DROP TABLE public.node_registration_key;
DROP TYPE public.credentialcategory;
-- revgraph: end

-- revgraph: only sqlite
DROP TABLE workflowlog;
DROP TABLE repository;
DROP TABLE prompt;
DROP TABLE project;
DROP TABLE issue;
DROP TABLE credentialnodelink;
DROP TABLE node;
DROP TABLE credential;
DROP TABLE user;
DROP TABLE node_registration_key;
-- revgraph: end
