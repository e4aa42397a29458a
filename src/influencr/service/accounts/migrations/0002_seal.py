"""Keys of second steps are sealed, sessions that lie open end, trials are remembered."""

from typing import Any

from django.db import migrations, models

from influencr.service.accounts.sealed import is_sealed, sealed

#: As `accounts.adapter` names it.
_PURPOSE = "key of a second step"


def seal(apps: Any, schema_editor: Any) -> None:
    """Seal what lies open. A session's key cannot be made unreadable afterwards: it ends."""
    using = schema_editor.connection.alias
    kept = apps.get_model("mfa", "Authenticator").objects.using(using)
    for one in kept.filter(type__in=["totp", "recovery_codes"]):
        for name, value in one.data.items():
            if name in ("secret", "seed") and not is_sealed(value):
                one.data[name] = sealed(value, _PURPOSE)
            if name == "migrated_codes":
                one.data[name] = [v if is_sealed(v) else sealed(v, _PURPOSE) for v in value]
        one.save(update_fields=["data"])
    apps.get_model("usersessions", "UserSession").objects.using(using).all().delete()
    apps.get_model("sessions", "Session").objects.using(using).all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("sessions", "0001_initial"),
        ("usersessions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="TrialMemory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("forget_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.RunPython(seal, migrations.RunPython.noop),
    ]
