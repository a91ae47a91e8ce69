-- The histories as Django 3.2 makes them on PostgreSQL: serial keys.
CREATE TABLE "ingestion_sync_history" (
    "id" bigserial NOT NULL PRIMARY KEY,
    "crm_source" varchar(50) NOT NULL,
    "sync_type" varchar(100) NOT NULL,
    "endpoint" varchar(200) NULL,
    "start_time" timestamp with time zone NOT NULL,
    "end_time" timestamp with time zone NULL,
    "status" varchar(20) NOT NULL,
    "records_processed" integer NOT NULL,
    "records_created" integer NOT NULL,
    "records_updated" integer NOT NULL,
    "records_failed" integer NOT NULL,
    "error_message" text NULL,
    "configuration" jsonb NOT NULL,
    "performance_metrics" jsonb NOT NULL,
    "created_at" timestamp with time zone NOT NULL
);
CREATE INDEX "ingestion_sync_crm_sou_idx" ON "ingestion_sync_history" ("crm_source", "sync_type");
CREATE TABLE "ingestion_salesrabbit_sync_history" (
    "id" bigserial NOT NULL PRIMARY KEY,
    "sync_type" varchar(100) NOT NULL,
    "api_endpoint" varchar(255) NOT NULL,
    "query_params" jsonb NOT NULL,
    "status" varchar(50) NOT NULL,
    "records_processed" integer NOT NULL,
    "records_created" integer NOT NULL,
    "records_updated" integer NOT NULL,
    "records_failed" integer NOT NULL,
    "error_message" text NULL,
    "last_sync_timestamp" timestamp with time zone NULL,
    "incremental_sync" boolean NOT NULL,
    "created_at" timestamp with time zone NOT NULL,
    "completed_at" timestamp with time zone NULL,
    "sync_duration" interval NULL
);
