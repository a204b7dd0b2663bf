DROP TABLE prompt;

DROP TABLE credential;

DROP TABLE repository;

DROP TABLE project;
