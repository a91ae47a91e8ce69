"""One step of what Django does to the table of leads: create, change or read."""

import json
import os
import sys
from datetime import datetime, timezone
from decimal import Decimal

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
import django

django.setup()
from django.db import connection
from ingestion.models import SalesRabbit_Lead as Lead


def create():
    with connection.schema_editor() as editor:
        editor.create_model(Lead)
    Lead.objects.create(
        id=1, first_name="Ann", email="ann@example.com", state="UT", is_hot=True, visits=3,
        latitude=Decimal("40.12345678"), date_modified=datetime(2024, 4, 30, 12, tzinfo=timezone.utc),
        data={"id": 1},
    )


def change():
    lead = Lead.objects.get(id=2)
    lead.status = "Called"
    lead.save()
    Lead.objects.create(id=3, first_name="Cid", data={"id": 3})


def read():
    print(json.dumps([
        {
            "id": lead.id, "first_name": lead.first_name, "state": lead.state, "status": lead.status,
            "is_hot": lead.is_hot, "visits": lead.visits,
            "latitude": None if lead.latitude is None else str(lead.latitude),
            "date_modified": None if lead.date_modified is None else lead.date_modified.isoformat(),
            "data": lead.data, "custom_fields": lead.custom_fields,
            "stamped": lead.sync_created_at is not None and lead.sync_updated_at is not None,
        }
        for lead in Lead.objects.order_by("id")
    ]))


{"create": create, "change": change, "read": read}[sys.argv[1]]()
