DROP TABLE node_registration_key;
