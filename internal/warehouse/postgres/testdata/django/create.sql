-- What step.py create does, for machines without Django.
CREATE TABLE "ingestion_salesrabbit_lead" (
    "id" bigint NOT NULL PRIMARY KEY,
    "first_name" varchar(255) NULL,
    "email" varchar(254) NULL,
    "state" varchar(50) NULL,
    "latitude" numeric(10, 8) NULL,
    "status" varchar(100) NULL,
    "is_hot" boolean NOT NULL,
    "visits" integer NOT NULL,
    "date_modified" timestamp with time zone NULL,
    "date_of_birth" date NULL,
    "data" jsonb NOT NULL,
    "custom_fields" jsonb NULL,
    "sync_created_at" timestamp with time zone NOT NULL,
    "sync_updated_at" timestamp with time zone NOT NULL
);
INSERT INTO "ingestion_salesrabbit_lead" ("id", "first_name", "email", "state", "is_hot", "visits", "latitude", "date_modified", "data", "sync_created_at", "sync_updated_at")
VALUES (1, 'Ann', 'ann@example.com', 'UT', true, 3, 40.12345678, '2024-04-30 12:00:00+00', '{"id": 1}', now(), now());
