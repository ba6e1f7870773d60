"""Reads a video with OpenCV, for the benchmark `video`.

    video.py FILE

Each line of standard input is a piece of work, answered with a line of JSON: wall and CPU time in seconds, of all threads,
and a sum over the last frame.

    open                 opens the file and reads its first frame
    random N N ...       reads these frames, each after setting the position
    iterate N            reads the first N frames
"""

import json
import sys
from time import perf_counter, process_time

import cv2
import numpy


def opened():
    return cv2.VideoCapture(sys.argv[1], cv2.CAP_FFMPEG)


def rgb(video):
    there, frame = video.read()
    assert there
    return cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)


VIDEO = opened()


def work(name, numbers):
    if name == "open":
        return rgb(opened())
    if name == "random":
        for number in numbers:
            VIDEO.set(cv2.CAP_PROP_POS_FRAMES, number)
            frame = rgb(VIDEO)
        return frame
    VIDEO.set(cv2.CAP_PROP_POS_FRAMES, 0)
    for _ in range(numbers[0]):
        frame = rgb(VIDEO)
    return frame


rgb(VIDEO)
print(json.dumps({"python": sys.version.split()[0], "opencv": cv2.__version__, "threads": cv2.getNumThreads()}), flush=True)
for line in sys.stdin:
    name, *numbers = line.split()
    wall, cpu = perf_counter(), process_time()
    frame = work(name, [int(number) for number in numbers])
    wall, cpu = perf_counter() - wall, process_time() - cpu
    print(json.dumps({"wall": wall, "cpu": cpu, "sum": int(frame.sum(dtype=numpy.uint64))}), flush=True)
