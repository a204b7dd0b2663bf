ALTER TABLE "user" DROP COLUMN updated_at;
ALTER TABLE "user" DROP COLUMN created_at;
