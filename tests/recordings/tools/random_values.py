"""Random coordinates, frames, ranges and authors."""

import math
from datetime import datetime, timedelta, timezone

from all_types_ontology import POINTS, SKELETON, point_hash
from encord.common.bitmask_operations import serialise_bitmask
from encord.objects import Shape
from encord.objects.bitmask import BitmaskCoordinates
from encord.objects.coordinates import (
    BoundingBoxCoordinates,
    CircleCoordinates,
    Cuboid2DIsometricCoordinates,
    Cuboid2DPerspectiveCoordinates,
    CuboidCoordinates,
    EllipseCoordinates,
    PointCoordinate,
    PointCoordinate3D,
    PolygonCoordinates,
    PolylineCoordinates,
    RotatableBoundingBoxCoordinates,
    SkeletonCoordinate,
    SkeletonCoordinates,
    Visibility,
)
from encord.objects.frames import Range

# Pixels of every image and frame.
WIDTH, HEIGHT = 64, 48


class Values:
    """Makes values from the source of random numbers in `self.random`."""

    def number(self, low=0.0, high=1.0):
        return round(self.random.uniform(low, high), self.random.choice([3, 4, 16]))

    def authorship(self, confidence=True):
        pick = self.random
        created = datetime(2024, 3, 1, 9, tzinfo=timezone.utc) + timedelta(seconds=pick.randrange(10**7))
        known = {
            "created_at": created,
            "created_by": pick.choice(["ada@example.com", "agent+1@example.org"]),
            "last_edited_at": created + timedelta(seconds=pick.randrange(10**4)),
            "last_edited_by": pick.choice(["ada@example.com", "bo@example.com"]),
            "manual_annotation": pick.random() < 0.6,
        }
        if confidence:
            known["confidence"] = pick.choice([1.0, 1.0, round(pick.random(), 3)])
        return known

    def frames(self, count):
        """Some frames: a run of them, or single ones."""
        if self.random.random() < 0.3:
            return sorted(self.random.sample(range(count), self.random.randint(1, min(count, 5))))
        start = self.random.randrange(count)
        return list(range(start, min(count, start + self.random.randint(1, count))))

    def ranges(self, end, count=None):
        """Sorted ranges up to `end` that do not touch."""
        count = count or self.random.randint(1, 3)
        if end < 4 * count:
            return [Range(0, min(end, 1))]
        bounds = sorted(self.random.sample(range(0, end, 2), 2 * count))
        return [Range(*pair) for pair in zip(bounds[::2], bounds[1::2])]

    # Coordinates.

    def point(self):
        return PointCoordinate(self.number(-0.05, 1.05), self.number())

    def points(self, low, high):
        return [self.point() for _ in range(self.random.randint(low, high))]

    def point_in_space(self):
        return PointCoordinate3D(*(self.number(-50, 50) for _ in range(3)))

    def coordinates(self, shape, in_space=False):
        made = getattr(self, f"make_{shape.value}")
        return made(in_space) if shape in (Shape.POINT, Shape.POLYLINE) else made()

    def make_point(self, in_space):
        return self.point_in_space() if in_space else self.point()

    def make_polyline(self, in_space):
        points = [self.make_point(in_space) for _ in range(self.random.randint(1, 12))]
        return PolylineCoordinates(values=points)

    def make_polygon(self):
        if self.random.random() < 0.6:
            return PolygonCoordinates(values=self.points(3, 8))
        rings = [[self.points(3, 6) for _ in range(self.random.randint(1, 2))] for _ in range(self.random.randint(1, 3))]
        return PolygonCoordinates(polygons=rings)

    def make_bounding_box(self):
        left, top, width, height = (self.number(0, 0.5) for _ in range(4))
        return BoundingBoxCoordinates(height=height, width=width, top_left_x=left, top_left_y=top)

    def make_rotatable_bounding_box(self):
        left, top, width, height = (self.number(0, 0.5) for _ in range(4))
        return RotatableBoundingBoxCoordinates(
            height=height, width=width, top_left_x=left, top_left_y=top, theta=round(self.number(0, 360), 4)
        )

    def make_skeleton(self):
        def vertex(index):
            name = f"point_{index}"
            return SkeletonCoordinate(
                x=self.number(), y=self.number(), name=name, value=name, color="#000000", feature_hash=point_hash(index),
                visibility=self.random.choice([None, *Visibility]),
            )

        return SkeletonCoordinates(name=SKELETON, values=[vertex(index) for index in range(POINTS)])

    def make_bitmask(self):
        covered = bytearray(b"\1" * (WIDTH * HEIGHT)) if self.random.random() < 0.1 else bytearray(WIDTH * HEIGHT)
        for _ in range(self.random.randint(0, 3)):
            left, top = self.random.randrange(WIDTH), self.random.randrange(HEIGHT)
            right = min(WIDTH, left + self.random.randint(1, 30))
            for row in range(top, min(HEIGHT, top + self.random.randint(1, 20))):
                covered[row * WIDTH + left : row * WIDTH + right] = b"\1" * (right - left)
        mask = BitmaskCoordinates.EncodedBitmask(
            top=0, left=0, height=HEIGHT, width=WIDTH, rle_string=serialise_bitmask(bytes(covered))
        )
        return BitmaskCoordinates(mask)

    def make_cuboid(self):
        position, size = ([self.number(low, 50) for _ in range(3)] for low in (-50, 0.1))
        turned = [self.number(-math.pi, math.pi) for _ in range(3)]
        return CuboidCoordinates(position=tuple(position), orientation=tuple(turned), size=tuple(size))

    def make_cuboid_2d(self):
        front = self.points(4, 4)
        if self.random.random() < 0.5:
            return Cuboid2DIsometricCoordinates(front=front, offset=self.point())
        return Cuboid2DPerspectiveCoordinates(front=front, vanishing_point=self.point(), scale_ratio=self.number(0, 2))

    def make_circle(self):
        return CircleCoordinates(
            center_x=self.number(), center_y=self.number(), radius=self.number(), stretch=self.number(0.5, 2),
            theta=self.number(0, 360),
        )

    def make_ellipse(self):
        return EllipseCoordinates(
            center_x=self.number(), center_y=self.number(), rx=self.number(), ry=self.number(), theta=self.number(0, 360)
        )
