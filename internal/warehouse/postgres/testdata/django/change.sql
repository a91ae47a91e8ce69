-- What step.py change does, for machines without Django: save() writes every
-- column of the model.
UPDATE "ingestion_salesrabbit_lead" SET "status" = 'Called', "sync_updated_at" = now() WHERE "id" = 2;
INSERT INTO "ingestion_salesrabbit_lead" ("id", "first_name", "is_hot", "visits", "data", "sync_created_at", "sync_updated_at")
VALUES (3, 'Cid', false, 0, '{"id": 3}', now(), now());
