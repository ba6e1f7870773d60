"""Hashes, of the forms that the platform gives them. They follow from what they name, so that they stay as they are when
the sample is made anew, and are the ones that the studio would give."""

import base64
import hashlib
import uuid

PROJECT = uuid.UUID("6f0b6e2a-8c53-4b0e-9d0f-51a3c2d7e845")
DATASET = uuid.uuid5(PROJECT, "dataset")


def class_hash(what):
    """The feature hash of a class: eight hexadecimal digits."""
    return hashlib.sha256(what.encode()).hexdigest()[:8]


def short_hash(what):
    """The hash of an attribute, an option, a vertex, an object or a classification: six bytes in base64."""
    return base64.b64encode(hashlib.sha256(what.encode()).digest()[:6]).decode()


def data_hash(title):
    """The hash of data of the project."""
    return str(uuid.uuid5(PROJECT, f"data:{title}"))


def image_hash(group, title):
    """The hash of an image of a group, whose data hash is given."""
    return str(uuid.uuid5(uuid.UUID(group), f"image:{title}"))


def label_hash(data):
    """The hash of the label row of data, whose hash is given."""
    return str(uuid.uuid5(uuid.UUID(data), "label:main"))
