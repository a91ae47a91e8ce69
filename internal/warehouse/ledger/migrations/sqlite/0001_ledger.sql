-- +goose Up

-- The history of all runs. The first columns are the old system's; source and
-- stream name exactly what crm_source and sync_type may shorten.
CREATE TABLE IF NOT EXISTS ingestion_sync_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    crm_source TEXT NOT NULL,
    sync_type TEXT NOT NULL,
    endpoint TEXT,
    start_time TEXT NOT NULL,
    end_time TEXT,
    status TEXT NOT NULL DEFAULT 'running',
    records_processed INTEGER NOT NULL DEFAULT 0,
    records_created INTEGER NOT NULL DEFAULT 0,
    records_updated INTEGER NOT NULL DEFAULT 0,
    records_failed INTEGER NOT NULL DEFAULT 0,
    error_message TEXT,
    configuration TEXT NOT NULL DEFAULT '{}',
    performance_metrics TEXT NOT NULL DEFAULT '{}',
    created_at TEXT NOT NULL,
    source TEXT,
    stream TEXT,
    mode TEXT,
    since TEXT,
    until TEXT,
    records_fetched INTEGER,
    records_unchanged INTEGER,
    records_duplicate INTEGER,
    issues INTEGER,
    requests INTEGER,
    watermark TEXT,
    error_code TEXT,
    error_fix TEXT
) STRICT;

CREATE INDEX IF NOT EXISTS warren_history_stream ON ingestion_sync_history (source, stream, id);
CREATE INDEX IF NOT EXISTS warren_history_start ON ingestion_sync_history (start_time);

-- One row a stream: what the next run starts from, and who runs now.
CREATE TABLE warren_stream (
    source TEXT NOT NULL,
    stream TEXT NOT NULL,
    source_type TEXT NOT NULL,
    watermark TEXT,
    checkpoint TEXT,
    basis TEXT, -- of the last complete walk
    batch INTEGER NOT NULL DEFAULT 0,
    batch_run INTEGER,
    batch_counts TEXT,
    batch_time TEXT,
    disabled_reason TEXT,
    holder_run INTEGER,
    holder TEXT,
    holder_since TEXT,
    lease_until TEXT,
    PRIMARY KEY (source, stream)
) STRICT, WITHOUT ROWID;

-- Records that could not be written. A record without an id is known by the
-- SHA-256 of its bytes.
CREATE TABLE warren_quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    stream TEXT NOT NULL,
    record_id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    raw BLOB NOT NULL,
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    cursor_value INTEGER,
    cursor_type TEXT,
    attempts INTEGER NOT NULL,
    status TEXT NOT NULL,
    run_id INTEGER NOT NULL,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    closed_at TEXT,
    closed_run INTEGER,
    UNIQUE (source, stream, record_id, fingerprint)
) STRICT;

CREATE INDEX warren_quarantine_open ON warren_quarantine (source, stream, record_id) WHERE status = 'open';

-- What is wrong with single values of the records as they are now.
CREATE TABLE warren_issue (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    stream TEXT NOT NULL,
    run_id INTEGER NOT NULL,
    found_at TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field TEXT NOT NULL,
    column_name TEXT NOT NULL,
    value TEXT NOT NULL,
    rule TEXT NOT NULL,
    message TEXT NOT NULL,
    effect TEXT NOT NULL
) STRICT;

CREATE INDEX warren_issue_record ON warren_issue (source, stream, record_id);

-- The history of SalesRabbit in the shape of the specification.
CREATE VIEW IF NOT EXISTS ingestion_salesrabbit_sync_history AS
SELECT h.id,
       replace(h.sync_type || '_sync', '_sync_sync', '_sync') AS sync_type,
       h.endpoint AS api_endpoint,
       h.configuration AS query_params,
       CASE WHEN h.status IN ('success', 'partial') THEN 'completed' ELSE h.status END AS status,
       h.records_processed, h.records_created, h.records_updated, h.records_failed,
       h.error_message,
       h.watermark AS last_sync_timestamp,
       COALESCE(h.mode = 'incremental', 0) AS incremental_sync,
       h.start_time AS created_at,
       h.end_time AS completed_at,
       round((julianday(h.end_time) - julianday(h.start_time)) * 86400, 3) AS sync_duration
FROM ingestion_sync_history AS h
LEFT JOIN warren_stream AS s ON s.source = h.source AND s.stream = h.stream
WHERE COALESCE(s.source_type, h.crm_source) = 'salesrabbit';
