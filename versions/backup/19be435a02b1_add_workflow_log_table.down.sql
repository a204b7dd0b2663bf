DROP TABLE workflowlog;
