"""Hashes in the platform's formats. They are derived from names in the same way as in the studio, so that they do not change when
the sample is generated again."""

import base64
import hashlib
import uuid

PROJECT = uuid.UUID("6f0b6e2a-8c53-4b0e-9d0f-51a3c2d7e845")
DATASET = uuid.uuid5(PROJECT, "dataset")


def class_hash(what):
    """Returns the feature hash of a class: eight hexadecimal digits."""
    return hashlib.sha256(what.encode()).hexdigest()[:8]


def short_hash(what):
    """Returns the hash of an attribute, an option, a vertex, an object or a classification: six bytes in base64."""
    return base64.b64encode(hashlib.sha256(what.encode()).digest()[:6]).decode()


def data_hash(title):
    """Returns the data hash of a data unit of the project."""
    return str(uuid.uuid5(PROJECT, f"data:{title}"))


def image_hash(group, title):
    """Returns the hash of an image of a group with this data hash."""
    return str(uuid.uuid5(uuid.UUID(group), f"image:{title}"))


def label_hash(data):
    """Returns the hash of the label row of a data unit with this data hash."""
    return str(uuid.uuid5(uuid.UUID(data), "label:main"))
