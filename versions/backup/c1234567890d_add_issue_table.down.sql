DROP TABLE issue;
