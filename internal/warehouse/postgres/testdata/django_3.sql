-- The third generation: a schema and a name of its own, and other names again.
CREATE SCHEMA "ingestion";
CREATE TABLE "ingestion"."salesrabbit_lead" (
    "id" bigint NOT NULL PRIMARY KEY,
    "first_name" varchar(255) NULL,
    "last_name" varchar(255) NULL,
    "business_name" varchar(255) NULL,
    "email" varchar(254) NULL,
    "phone_primary" varchar(20) NULL,
    "phone_alternate" varchar(20) NULL,
    "street1" varchar(255) NULL,
    "street2" varchar(255) NULL,
    "city" varchar(100) NULL,
    "state" varchar(50) NULL,
    "zip" varchar(20) NULL,
    "country" varchar(100) NULL,
    "latitude" numeric(10, 8) NULL,
    "longitude" numeric(11, 8) NULL,
    "status" varchar(100) NULL,
    "status_modified" timestamp with time zone NULL,
    "notes" text NULL,
    "appointment" text NULL,
    "files" jsonb NULL,
    "campaign_id" bigint NULL,
    "user_id" bigint NULL,
    "user_name" varchar(255) NULL,
    "date_created" timestamp with time zone NULL,
    "date_modified" timestamp with time zone NULL,
    "owner_modified" timestamp with time zone NULL,
    "date_of_birth" date NULL,
    "deleted_at" timestamp with time zone NULL,
    "data" jsonb NOT NULL,
    "custom_fields" jsonb NULL,
    "sync_created_at" timestamp with time zone NOT NULL,
    "sync_updated_at" timestamp with time zone NOT NULL
);
CREATE INDEX "salesrabbit_email_9a0d8c1a" ON "ingestion"."salesrabbit_lead" ("email");
CREATE INDEX "salesrabbit_email_9a0d8c1a_like" ON "ingestion"."salesrabbit_lead" ("email" varchar_pattern_ops);
CREATE INDEX "salesrabbit_status_5b2f4f1e" ON "ingestion"."salesrabbit_lead" ("status");
CREATE INDEX "salesrabbit_status_5b2f4f1e_like" ON "ingestion"."salesrabbit_lead" ("status" varchar_pattern_ops);
CREATE INDEX "salesrabbit_campaign_id_d1c8a6b3" ON "ingestion"."salesrabbit_lead" ("campaign_id");
CREATE INDEX "salesrabbit_user_id_7e0b93aa" ON "ingestion"."salesrabbit_lead" ("user_id");
CREATE INDEX "salesrabbit_date_modified_c46dd2f0" ON "ingestion"."salesrabbit_lead" ("date_modified");
INSERT INTO "ingestion"."salesrabbit_lead" ("id", "first_name", "email", "state", "latitude", "date_modified", "data", "sync_created_at", "sync_updated_at") VALUES
    (1, 'Ann', 'ann@example.com', 'UT', 40.12345678, '2024-04-30 12:00:00+00', '{"id": 1}', '2024-05-01 08:00:00+00', '2024-05-01 08:00:00+00'),
    (2, 'Bob', 'bob@example.com', 'NV', NULL, '2024-04-30 13:00:00+00', '{"id": 2}', '2024-05-01 08:00:00+00', '2024-05-01 08:00:00+00');
