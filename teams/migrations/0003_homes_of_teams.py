"""Every team gets the home that it has, from its first day on."""

from django.db import migrations


def give_homes(apps, schema_editor):
    Team, TeamHome = apps.get_model("teams", "Team"), apps.get_model("teams", "TeamHome")
    without = Team.objects.exclude(pk__in=TeamHome.objects.values("team"))
    TeamHome.objects.bulk_create(
        [TeamHome(team=team, area_id=team.home_area_id, since=team.since, until=team.until) for team in without],
        batch_size=2000,
    )


class Migration(migrations.Migration):
    dependencies = [("teams", "0002_team_home")]

    operations = [migrations.RunPython(give_homes, migrations.RunPython.noop)]
