-- What step.py read prints, for machines without Django.
SELECT coalesce(json_agg(json_build_object(
    'id', "id", 'first_name', "first_name", 'state', "state", 'status', "status", 'is_hot', "is_hot", 'visits', "visits",
    'latitude', "latitude"::text, 'date_modified', to_char("date_modified", 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'),
    'data', "data", 'custom_fields', "custom_fields",
    'stamped', "sync_created_at" IS NOT NULL AND "sync_updated_at" IS NOT NULL) ORDER BY "id"), '[]')::text
FROM "ingestion_salesrabbit_lead";
