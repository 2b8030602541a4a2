# SPDX-License-Identifier: EUPL-1.2
"""What every way of running shares. Unsafe values live only in development, test and demo."""

import os
from datetime import timedelta
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from middenstip import database
from middenstip.access import oidc_config
from middenstip.audit.connections import LOG, with_log
from middenstip.vault import master

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent.parent

SECRET_KEY = os.environ.get("SECRET_KEY", "")
DEBUG = False
DEMO = False
GALLERY = False
# The database role to take on while acting for somebody, where the connection itself is the
# owner's: only the test suite, so that each test runs behind the wall and looks past it.
ACTING_ROLE = ""
ALLOWED_HOSTS: list[str] = []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",  # for the dates on the page of passkeys
    # Before allauth: their templates replace those of the library.
    "middenstip.web",
    "middenstip.access",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "procrastinate.contrib.django",
    "middenstip.thread",
    "middenstip.linkage",
    "middenstip.blindcheck",
    "middenstip.intake",
    "middenstip.desk",
    "middenstip.law",
    "middenstip.guide",
    "middenstip.api",
    "middenstip.jobs",
    "middenstip.vault",
    "middenstip.audit",
    # Last: its post_migrate step grants rights on every table made before it.
    "middenstip.database",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "middenstip.access.middleware.SecurityHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Before session, login and read log: the public guide knows nothing of its visitors.
    "middenstip.guide.middleware.GuideMiddleware",
    # Around all that can refuse a request, so that a program is never answered with a page.
    "middenstip.api.middleware.ApiMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "middenstip.access.session.SessionEndMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "middenstip.access.limits_login.DeviceMiddleware",
    "middenstip.access.limits_middleware.LimitsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "middenstip.access.session_views.NotSentMiddleware",
    "middenstip.access.second_factor.SecondFactorMiddleware",
    # Around the transaction of a request: what was looked at is written when that is over.
    "middenstip.audit.middleware.ReadLogMiddleware",
    "middenstip.access.middleware.ActorMiddleware",
]

# Every form looks the same: labels, hints, mistakes, summary.
FORM_RENDERER = "middenstip.web.forms.Renderer"

ROOT_URLCONF = "middenstip.urls"
WSGI_APPLICATION = "middenstip.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "middenstip.access.context.actor",
                "middenstip.access.session_views.watch",
            ],
        },
    }
]

DATABASES = with_log({"default": database.django_connection(os.environ)})
# Let PostgreSQL keep the plans of reads of one case. Off (0) behind a connection pooler that
# does not carry prepared statements.
PREPARED_READS = os.environ.get("MIDDENSTIP_PREPARED_READS", "1").strip() != "0"
# The connection on which the read log is written.
READ_LOG_CONNECTION = LOG
# Where the register of processing activities keeps an activity: this address and the id of the
# purpose. Needed to export the log of data processing.
PROCESSING_REGISTER = os.environ.get("PROCESSING_REGISTER", "")
# The connection on which is counted how often something is tried; in demo and production one of
# its own (`settings.connections`).
LIMITS_CONNECTION = "default"
# Where the master key of the vault comes from; it is read when it is first needed.
VAULT_KEYS = master.sources(os.environ)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "middenstip.access.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
# Limits are counted in the database (`access.limits`), not in the memory of one process.
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS = False
SOCIALACCOUNT_ADAPTER = "middenstip.access.oidc_client.SocialAccountAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
OIDC_PROVIDERS = oidc_config.read(os.environ)
# How many proxies of our own stand in front: a visitor is whom the outermost of them saw.
TRUSTED_PROXIES = 0
# Where a weak spot can be told: a mailto: or https: address, shown in security.txt.
SECURITY_CONTACT = os.environ.get("SECURITY_CONTACT", "").strip()
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "Middenstip"
# A code typed just before it changes still counts half a minute later (RFC 6238, section 5.2).
MFA_TOTP_TOLERANCE = 1

MFA_ADAPTER = "middenstip.access.second_factor.SecondFactorAdapter"
# Off only in the test suite; the demo does without by itself. A system check holds this.
SECOND_FACTOR_REQUIRED = True

# A session ends after half an hour without work and ten hours after logging in (house rule).
SESSION_ENGINE = "middenstip.access.session"
SESSION_IDLE_AGE = 30 * 60
SESSION_WARNING_AGE = 2 * 60
# How often an open page looks whether its session lives; below a minute.
SESSION_LOOK_AGE = 45
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 10 * 60 * 60
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# Sharing without consent lasts a day, and two weeks once a second person agreed; a case that is
# opened in an emergency stays open for an hour (house rules).
OVERRIDE_WAITS = timedelta(hours=24)
OVERRIDE_LASTS = timedelta(days=14)
GLASS_LASTS = timedelta(minutes=60)
GLASS_RATE = "5/1h"

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"

STATIC_URL = "static/"
STATIC_ROOT = ROOT / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# A notification form with long free text is far below this; a flood is refused with a 400.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 5

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = "middenstip@localhost"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "middenstip.logs.QuietFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
