"""The old system's leads, in the latest naming of the bookkeeping columns."""

from django.db import models


class SalesRabbit_Lead(models.Model):
    id = models.BigIntegerField(primary_key=True)
    first_name = models.CharField(max_length=255, null=True, blank=True)
    email = models.EmailField(null=True, blank=True, db_index=True)
    state = models.CharField(max_length=50, null=True, blank=True)
    latitude = models.DecimalField(max_digits=10, decimal_places=8, null=True, blank=True)
    status = models.CharField(max_length=100, null=True, blank=True, db_index=True)
    is_hot = models.BooleanField(default=False)
    visits = models.IntegerField(default=0)
    date_modified = models.DateTimeField(null=True, blank=True, db_index=True)
    date_of_birth = models.DateField(null=True, blank=True)
    data = models.JSONField()
    custom_fields = models.JSONField(null=True, blank=True)
    sync_created_at = models.DateTimeField(auto_now_add=True)
    sync_updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "ingestion_salesrabbit_lead"
