"""Every setting of the web application, read from the environment once.

The defaults run on one machine: SQLite, a Valkey server on loopback, files under
`var/`. A secret may come from a file: `NAME_FILE` names it.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent


def env_text(name: str, default: str = "") -> str:
    """A text setting."""
    return os.environ.get(name, default)


def env_bool(name: str, default: bool) -> bool:
    """A yes-or-no setting: 1, true, yes, on or 0, false, no, off."""
    value = env_text(name, str(default)).strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off", ""}:
        return False
    raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")


def env_int(name: str, default: int) -> int:
    """A whole number."""
    value = env_text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} must be a whole number, not {value!r}."
        ) from None


def env_hours(name: str, default: str) -> str:
    """Two hours of the day with a dash between: "20-6"."""
    value = env_text(name, default).strip()
    hours = value.split("-")
    if len(hours) == 2 and all(h.isdecimal() and int(h) <= 24 for h in hours):
        return value
    raise ImproperlyConfigured(f"{name} must be two hours like 20-6, not {value!r}.")


def env_list(name: str, default: str = "") -> list[str]:
    """Several texts with commas between them."""
    return [part.strip() for part in env_text(name, default).split(",") if part.strip()]


def env_secret(name: str, default: str = "") -> str:
    """A secret, from the variable or from the file that `NAME_FILE` names."""
    if file := env_text(f"{name}_FILE"):
        return Path(file).read_text().strip()
    return env_text(name, default)


# Where things are -------------------------------------------------------------------
DATA_FOLDER = Path(env_text("DRAGONFLY_DATA", str(ROOT / "var"))).resolve()
SLIDE_FOLDER = DATA_FOLDER / "slides"
UPLOAD_FOLDER = DATA_FOLDER / "uploads"
DICOM_FOLDER = DATA_FOLDER / "dicom"
STATIC_ROOT = Path(env_text("DRAGONFLY_STATIC", str(DATA_FOLDER / "static")))
FRONTEND_DIST = ROOT / "frontend" / "dist"

# Django -----------------------------------------------------------------------------
DEBUG = env_bool("DEBUG", False)
DEVELOPMENT_KEY = "development-only-not-secret-" + "0" * 32
SECRET_KEY = env_secret("SECRET_KEY", DEVELOPMENT_KEY)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
FORCE_SCRIPT_NAME = env_text("URL_PREFIX").rstrip("/") or None
BEHIND_HTTPS = env_bool("BEHIND_HTTPS", False)
# Proxies of ours in front that tell who asked for what; 0 believes no such header.
PROXY_COUNT = env_int("PROXY_COUNT", 0)
PROXY_HEADER = env_text("PROXY_HEADER", "X-Forwarded")
if PROXY_HEADER not in ("X-Forwarded", "Forwarded"):
    raise ImproperlyConfigured("PROXY_HEADER is X-Forwarded or Forwarded (RFC 7239).")
USE_X_FORWARDED_HOST = PROXY_COUNT > 0
if BEHIND_HTTPS and SECRET_KEY == DEVELOPMENT_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY (or SECRET_KEY_FILE) to your own.")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "channels",
    "corsheaders",
    "csp",
    "django_filters",
    "django_vite",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "webapp.accounts",
    "webapp.accounts.oauth",
    "webapp.audit",
    "webapp.slides",
    "webapp.training",
    "webapp.questions",
    "webapp.reviews",
    "webapp.deidentification",
    "webapp.dicomweb",
    "webapp.results",
    "webapp.twins",
    "webapp.webhooks",
    "webapp.jobs",
    "webapp.rules",
    "webapp.worklist",
    "webapp.drift",
    "webapp.delivery",
    "webapp.finetuning",
    "webapp.dimse",
]

MIDDLEWARE = [
    "webapp.api.request_id.RequestIds",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "webapp.api.static_files.StaticFiles",
    "csp.middleware.CSPMiddleware",
    "webapp.api.headers.SiteHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "webapp.urls"
ASGI_APPLICATION = "webapp.asgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "worklist"
LOGOUT_REDIRECT_URL = "login"
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "webapp" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"islands": "webapp.api.islands"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "webapp.accounts.context.site",
            ],
        },
    },
]

# Database ---------------------------------------------------------------------------
DATABASE_URL = env_secret("DATABASE_URL", f"sqlite:///{DATA_FOLDER / 'dragonfly.db'}")
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60)}
if DATABASE_URL.startswith("sqlite"):
    # Several processes write: the log of changes lets readers go on, and a writer that
    # takes its lock at the start waits instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }

# Redis or Valkey, and the queues ----------------------------------------------------
REDIS_URL = env_secret("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
SWEEP_SECONDS = env_int("SWEEP_SECONDS", 10)
LOST_AFTER_SECONDS = env_int("LOST_AFTER_SECONDS", 15)
# An ingest of which so long nothing was heard is sent again, unless somebody is at it.
# Longer than a lease, so that a dead worker's has ended.
INGEST_QUIET_SECONDS = env_int("INGEST_QUIET_SECONDS", 45)
MAX_ATTEMPTS = env_int("MAX_ATTEMPTS", 3)
MAX_NEW_TOKENS = env_int("MAX_NEW_TOKENS", 256)

# Sessions, passwords, headers -------------------------------------------------------
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "webapp.accounts.authentication.PeopleBackend",
]
# Ten failures of one name from one address close the door for a quarter of an hour.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "webapp.accounts.pages.locked_out"
AXES_CLIENT_IP_CALLABLE = "webapp.audit.record.client_address"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
# A day: so long that no warning before its end is needed (WCAG 2.2.1, twenty hours).
SESSION_COOKIE_AGE = 24 * 3600
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = f"{FORCE_SCRIPT_NAME or ''}/"
CSRF_FAILURE_VIEW = "webapp.api.failures.stale_form"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = BEHIND_HTTPS
CSRF_COOKIE_SECURE = BEHIND_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_HTTPS else 0
SECURE_SSL_REDIRECT = BEHIND_HTTPS
SECURE_REDIRECT_EXEMPT = [r"(^|/)api/v1/health$"]
# Other names under the site's domain are not ours to bind to HTTPS.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# Viewers on other origins -----------------------------------------------------------
# With a token and never with a cookie, and only on the services for programs.
CORS_ALLOWED_ORIGINS = env_list("CORS_ALLOWED_ORIGINS")
CORS_URLS_REGEX = r"^/(api/v1|dicom-web|fhir)/.*$"
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_HEADERS = (
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-none-match",
    "prefer",
    "range",
    "traceparent",
    "x-request-id",
)
CORS_EXPOSE_HEADERS = (
    "Content-Location",
    "ETag",
    "Idempotency-Replayed",
    "Link",
    "Location",
    "Preference-Applied",
    "Retry-After",
    "Warning",
    "X-Request-ID",
)

# Static files -----------------------------------------------------------------------
STATIC_URL = f"{FORCE_SCRIPT_NAME or ''}/static/"
STATICFILES_DIRS = [
    ROOT / "webapp" / "static",
    *([FRONTEND_DIST] if FRONTEND_DIST.is_dir() else []),
]
# Files are found where they lie, so that a start needs no collecting first.
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Vite puts a hash of the content into the name: "assets/workspace-B2xQ9f_k.js".
WHITENOISE_IMMUTABLE_FILE_TEST = r"/assets/.+-[\w-]{8}\.\w+$"
DJANGO_VITE = {"default": {"manifest_path": FRONTEND_DIST / "manifest.json"}}

# Uploads ----------------------------------------------------------------------------
# The longest body of a request that carries no file; longer ones get 413.
REQUEST_MAX_BYTES = env_int("REQUEST_MAX_BYTES", 10 * 2**20)
DATA_UPLOAD_MAX_MEMORY_SIZE = REQUEST_MAX_BYTES
UPLOAD_MAX_BYTES = env_int("UPLOAD_MAX_BYTES", 64 * 2**30)
UPLOAD_QUOTA_BYTES = env_int("UPLOAD_QUOTA_BYTES", 512 * 2**30)
UPLOAD_EXPIRY_HOURS = env_int("UPLOAD_EXPIRY_HOURS", 7 * 24)
TILE_TOKEN_SECONDS = env_int("TILE_TOKEN_SECONDS", 300)
# Each process keeps so many slides open for the next tile, in about so much memory, and
# so many bytes of tiles that had to be made.
TILE_OPEN_SLIDES = env_int("TILE_OPEN_SLIDES", 32)
TILE_MEMORY_BYTES = env_int("TILE_MEMORY_BYTES", 512 * 2**20)
TILE_MADE_BYTES = env_int("TILE_MADE_BYTES", 64 * 2**20)

# DICOMweb ---------------------------------------------------------------------------
STOW_MAX_BYTES = env_int("STOW_MAX_BYTES", 2 * 2**30)
STOW_MAX_PARTS = env_int("STOW_MAX_PARTS", 5000)
# A series of which nothing more has come for so long becomes a slide.
SERIES_QUIET_SECONDS = env_int("SERIES_QUIET_SECONDS", 5)

# Results ----------------------------------------------------------------------------
# Make a structured report of each answer; else only of those that are asked for.
REPORT_ANSWERS = env_bool("REPORT_ANSWERS", True)
# Rules that an activation page shows, in points of right answers: the least that the
# interval of the difference begins at, and the most that a kind of question may lose.
GATE_LEAST_GAIN = float(env_text("GATE_LEAST_GAIN", "0"))
GATE_MOST_LOSS = float(env_text("GATE_MOST_LOSS", "2"))
# Drift: a week is marked when a figure is more than so many points from the weeks
# before, which hold so many questions at least; a scanner or stain, when surely more
# than so many per cent of its pictures lie beyond the version's threshold.
DRIFT_POINTS = float(env_text("DRIFT_POINTS", "10"))
DRIFT_FEWEST = env_int("DRIFT_FEWEST", 20)
DRIFT_BEYOND = float(env_text("DRIFT_BEYOND", "5"))
# Where those work who review answers: a verified report names it.
ORGANIZATION = env_text("ORGANIZATION", "Not stated")

# DIMSE ------------------------------------------------------------------------------
# `python -m webapp.dimse` receives by C-STORE; who may call is in the administration.
DIMSE_AE_TITLE = env_text("DIMSE_AE_TITLE", "DRAGONFLY")
DIMSE_HOST = env_text("DIMSE_HOST", "127.0.0.1")
DIMSE_PORT = env_int("DIMSE_PORT", 11112)
# PEM files. With a certificate only TLS is spoken; with an authority each caller needs
# a certificate of it.
DIMSE_TLS_CERTIFICATE = env_text("DIMSE_TLS_CERTIFICATE")
DIMSE_TLS_KEY = env_text("DIMSE_TLS_KEY")
DIMSE_TLS_AUTHORITY = env_text("DIMSE_TLS_AUTHORITY")
DIMSE_MAX_ASSOCIATIONS = env_int("DIMSE_MAX_ASSOCIATIONS", 20)
# Of one object; of silence; and of a whole association.
DIMSE_MAX_BYTES = env_int("DIMSE_MAX_BYTES", 2 * 2**30)
DIMSE_IDLE_SECONDS = env_int("DIMSE_IDLE_SECONDS", 60)
DIMSE_ASSOCIATION_SECONDS = env_int("DIMSE_ASSOCIATION_SECONDS", 3600)

# Fine-tune jobs ---------------------------------------------------------------------
# Jobs at work at once: one for each training worker.
TRAINING_WORKERS = env_int("TRAINING_WORKERS", 1)
# Processes of one trainer, one a device, where the worker has no file for accelerate.
TRAINING_PROCESSES = env_int("TRAINING_PROCESSES", 1)
# A job is refused, or ended at a checkpoint, rather than leave less of the disk.
TRAINING_MIN_FREE_BYTES = env_int("TRAINING_MIN_FREE_BYTES", 2 * 2**30)
# Checkpoints of jobs that failed or were paused are removed after so many days.
TRAINING_KEEP_DAYS = env_int("TRAINING_KEEP_DAYS", 14)
# A model from outside waits so long for a training worker to look at it.
MODEL_IMPORT_HOURS = env_int("MODEL_IMPORT_HOURS", 24)
# Hours in UTC between which the jobs of the night run.
TRAINING_NIGHT = env_hours("TRAINING_NIGHT", "20-6")
# For estimates before anything was measured: a laptop does about so many.
TRAINING_FLOPS = env_int("TRAINING_FLOPS", 50_000_000_000)

# Jobs and webhooks ------------------------------------------------------------------
MOST_OPEN_JOBS = env_int("MOST_OPEN_JOBS", 10_000)
# A job waits so long for a slide that is still being uploaded or prepared.
LONGEST_JOB_WAIT_HOURS = env_int("LONGEST_JOB_WAIT_HOURS", 24)
# Hosts that webhooks may go to although they are inside the network or without HTTPS.
WEBHOOK_HOSTS = env_list("WEBHOOK_HOSTS")

# Machines ---------------------------------------------------------------------------
# The site's address as others know it, such as "https://slides.hospital.example"; its
# tokens name it as their issuer.
SITE_URL = env_text("SITE_URL").rstrip("/")
# Tokens of one other issuer: its name, for whom they must be made, and its public keys
# as a file or an https address. Its claim names one of our integration accounts.
JWT_ISSUER = env_text("JWT_ISSUER")
JWT_AUDIENCE = env_text("JWT_AUDIENCE", "dragonfly")
JWT_JWKS = env_text("JWT_JWKS")
JWT_ALGORITHMS = env_list("JWT_ALGORITHMS", "RS256,ES256")
JWT_USER_CLAIM = env_text("JWT_USER_CLAIM", "sub")
if unsafe := {a for a in JWT_ALGORITHMS if a == "none" or a.startswith("HS")}:
    raise ImproperlyConfigured(f"JWT_ALGORITHMS must not name {sorted(unsafe)}.")
# Calls a minute: of one caller by REST and by DICOMweb; failures of one address.
REST_PER_MINUTE = env_int("REST_PER_MINUTE", 3000)
DICOMWEB_PER_MINUTE = env_int("DICOMWEB_PER_MINUTE", 30_000)
SIGN_IN_PER_MINUTE = env_int("SIGN_IN_PER_MINUTE", 60)

# REST -------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "webapp.accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["webapp.accounts.throttling.PerCaller"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_VERSIONING_CLASS": None,
    "DEFAULT_PAGINATION_CLASS": "webapp.api.pages.CursorPages",
    "EXCEPTION_HANDLER": "webapp.api.problems.handle",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Dragonfly for pathology",
    "DESCRIPTION": "Research use only. Not for diagnosis or patient management.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SCHEMA_PATH_PREFIX_TRIM": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "ResultKind": "webapp.results.models.ResultObject.Kind",
        "PartState": "webapp.api.health.PART_STATES",
        "TwinState": "webapp.twins.models.Twin.State",
        "DeliveryState": "webapp.delivery.models.Delivery.State",
        "DestinationKind": "webapp.delivery.models.Destination.Kind",
        "FineTunePreset": "webapp.finetuning.models.FineTuneJob.Preset",
        "FineTuneState": "webapp.finetuning.models.FineTuneJob.State",
        "FetchState": "webapp.dimse.models.Fetch.State",
        "JobStage": "webapp.jobs.progress.STAGES",
        "JobState": "webapp.jobs.models.Job.State",
        "ActivationState": "webapp.training.models.ActivationRequest.State",
        "ModelImportState": "webapp.training.models.ModelImport.State",
        "ModelState": "webapp.training.models.ModelVersion.State",
        "QuestionScope": "webapp.questions.models.Question.Scope",
        "ReviewState": "webapp.reviews.models.Review.State",
        "ReviewVerdict": "webapp.reviews.models.Review.Verdict",
        "QuestionState": "webapp.questions.models.Question.State",
        "Role": "webapp.accounts.models.User.Role",
        "SlideState": "webapp.slides.models.Slide.State",
        "UploadState": "webapp.slides.models.Upload.State",
        "WebhookEvent": "webapp.webhooks.serializers.EVENTS",
        "WebhookState": "webapp.webhooks.models.WebhookDelivery.State",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "webapp.api.schema.add_problems",
    ],
}

# What every page, export and answer says --------------------------------------------
INTENDED_USE = "Research use only. Not for diagnosis or patient management."
# Why patient data are used (HL7 PurposeOfUse), where no user or token says another.
PURPOSE_OF_USE = env_text("PURPOSE_OF_USE", "HRESCH")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"
        }
    },
    "filters": {"request": {"()": "webapp.api.request_id.RequestIdFilter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request"],
        }
    },
    # Each sign-in is in the audit; axes would write four lines more of it. What comes
    # of an association, those say who asked for it or accepted it.
    "loggers": {"axes": {"level": "WARNING"}, "pynetdicom": {"level": "CRITICAL"}},
    "root": {"handlers": ["console"], "level": env_text("LOG_LEVEL", "INFO")},
}
