"""Indexes of receipts that nobody asks by, or that another one begins with; by SQL as in residents/0005."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('field', '0004_held_text'),
    ]

    operations = [
        migrations.RunSQL(
            ['DROP INDEX IF EXISTS field_receipt_user_id_a308665a'],
            ['CREATE INDEX field_receipt_user_id_a308665a ON field_receipt (user_id)'],
            state_operations=[
                migrations.AlterField(
                    model_name='receipt',
                    name='user',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
        migrations.RunSQL(
            ['DROP INDEX IF EXISTS field_receipt_device_id_513588c3'],
            ['CREATE INDEX field_receipt_device_id_513588c3 ON field_receipt (device_id)'],
            state_operations=[
                migrations.AlterField(
                    model_name='receipt',
                    name='device',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='field.device'),
                ),
            ],
        ),
    ]
