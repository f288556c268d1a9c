"""An answer that ends when the next one comes costs less: no index holds `until`, and there is room beside it.

Indexes of foreign keys go by SQL, for Django would copy the whole record into a new table on SQLite; their names are
those of 0001. Pages that are there already keep their rows as they are.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def leave_room(apps, schema_editor):
    """PostgreSQL writes a new row at every change: in the same page, if it has room, no index needs to hear of it."""
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute('ALTER TABLE residents_observation SET (fillfactor = 70)')


def leave_none(apps, schema_editor):
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute('ALTER TABLE residents_observation RESET (fillfactor)')


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('residents', '0004_forgotten'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='observation', name='observation_of_household'),
        migrations.RunSQL(
            ['DROP INDEX IF EXISTS residents_observation_indicator_id_0a18592e'],
            ['CREATE INDEX residents_observation_indicator_id_0a18592e ON residents_observation (indicator_id)'],
            state_operations=[
                migrations.AlterField(
                    model_name='observation',
                    name='indicator',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='observations', to='residents.indicator'),
                ),
            ],
        ),
        migrations.RunSQL(
            ['DROP INDEX IF EXISTS residents_observation_recorded_by_id_a2e04924'],
            ['CREATE INDEX residents_observation_recorded_by_id_a2e04924 ON residents_observation (recorded_by_id)'],
            state_operations=[
                migrations.AlterField(
                    model_name='observation',
                    name='recorded_by',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người ghi'),
                ),
            ],
        ),
        migrations.RunPython(leave_room, leave_none),
    ]
