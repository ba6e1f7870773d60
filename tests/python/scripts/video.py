"""Makes clips with ffmpeg, and reads them with an independent decoder, for the test `video_python`.

    video.py make FOLDER       makes every clip, and prints a line of JSON for each: its name, and who is to read it
    video.py refused FOLDER    makes what is not decoded, and prints a line of JSON for each: its name, and what must be said
    video.py frames FILE WHO   writes a line of JSON with the size, and then every frame: RGB, 8 bits, row by row; and
                               before each, with `cv2`, when it is shown, in milliseconds: a double, little-endian

WHO is `cv2`; or `ffmpeg` where OpenCV blends chroma between pixels, as it does with more than 8 bits and with odd sizes.
"""

import json
import subprocess
import sys
from pathlib import Path

# Every frame differs from its neighbours everywhere: colours, a counter and a moving pattern, with some noise on it.
SOURCE = "testsrc2=size={size}:rate={rate}:duration={seconds},noise=alls=6:allf=t:all_seed=7"
X264 = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20"]
X265 = ["-c:v", "libx265", "-preset", "veryfast", "-crf", "22"]
VP9 = ["-c:v", "libvpx-vp9", "-crf", "30", "-b:v", "0", "-cpu-used", "6", "-g", "20"]


def x265(*params):
    return [*X265, "-x265-params", ":".join(["log-level=error", "keyint=20", "min-keyint=20", *params])]


def x264(*params):
    return [*X264, "-x264-params", ":".join(["keyint=20", "min-keyint=20", "scenecut=0", *params])]


def clip(name, *args, size="192x108", rate=25, seconds=2.4, filters="", fmt="yuv420p", who="cv2"):
    return {"name": name, "args": args, "size": size, "rate": rate, "seconds": seconds, "filters": filters,
            "fmt": fmt, "who": who}


FRAGMENTED = ["-movflags", "frag_keyframe+empty_moov+default_base_moof"]
BT709 = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]
VARIABLE = ",select='not(eq(mod(n,7),3)+eq(mod(n,11),5))'"

CLIPS = [
    clip("h264-baseline.mp4", *x264(), "-profile:v", "baseline"),
    clip("h264-main-cavlc.mp4", *x264("bframes=2", "cabac=0"), "-profile:v", "main"),
    clip("h264-high-pyramid.mp4", *x264("bframes=3", "b-pyramid=normal", "ref=4", "8x8dct=1"), "-profile:v", "high"),
    clip("h264-eight-bframes.mp4", *x264("bframes=8", "b-adapt=0", "ref=8"), "-profile:v", "high"),
    clip("h264-open-gop.mp4", *x264("bframes=3", "open-gop=1", "b-adapt=0")),
    clip("h264-slices.mp4", *x264("bframes=2", "slices=4", "direct=temporal", "cqm=jvt")),
    clip("h264-variable-rate.mp4", *x264("bframes=3"), "-vsync", "vfr", filters=VARIABLE),
    clip("h264-cropped-odd.mp4", *x264("bframes=2"), size="190x106"),
    clip("h264-fragmented.mp4", *x264("bframes=3"), *FRAGMENTED),
    clip("h264-fragmented-old.mp4", *x264("bframes=3"), "-movflags", "frag_keyframe"),
    clip("h264.mov", *x264("bframes=3")),
    clip("h264-open-gop.mkv", *x264("bframes=3", "open-gop=1", "b-adapt=0")),
    clip("h264-variable-rate.mkv", *x264("bframes=3"), "-vsync", "vfr", filters=VARIABLE),
    clip("h264-live.mkv", *x264("bframes=3"), "-live", "1"),
    clip("h264-full-range.mp4", *x264("bframes=1"), "-color_range", "pc", filters=",scale=out_range=full"),
    clip("h264-bt709.mp4", *x264("bframes=1"), *BT709),
    clip("h264-bt709.mkv", *x264("bframes=1"), *BT709),
    clip("hevc-bframes.mp4", *x265("bframes=4", "open-gop=0"), "-tag:v", "hvc1"),
    clip("hevc-open-gop.mp4", *x265("bframes=4", "open-gop=1"), "-tag:v", "hev1"),
    clip("hevc-open-gop.mkv", *x265("bframes=4", "open-gop=1")),
    clip("hevc-ten-bits.mp4", *x265("bframes=3"), fmt="yuv420p10le", who="ffmpeg"),
    clip("vp9.webm", *VP9),
    clip("vp9.mp4", *VP9),
    clip("vp9-444.webm", *VP9, fmt="yuv444p"),
    clip("vp9-422.webm", *VP9, fmt="yuv422p"),
    clip("vp9-ten-bits.webm", *VP9, fmt="yuv420p10le", who="ffmpeg"),
    clip("vp9-odd.webm", *VP9, size="191x107", who="ffmpeg"),
]


def ffmpeg(*args):
    return subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *args], check=True, stdout=subprocess.PIPE).stdout


def made(folder, one):
    source = SOURCE.format(**one) + one["filters"]
    path = folder / one["name"]
    ffmpeg("-f", "lavfi", "-i", source, "-pix_fmt", one["fmt"], *one["args"], "-threads", "2", str(path))
    print(json.dumps({"name": one["name"], "who": one["who"]}), flush=True)


def make(folder):
    for one in CLIPS:
        made(folder, one)
    # Cut in the middle of a group: an edit list hides what comes before.
    whole = folder / "h264-high-pyramid.mp4"
    ffmpeg("-ss", "0.5", "-i", str(whole), "-c", "copy", str(folder / "h264-edit-list.mp4"))
    print(json.dumps({"name": "h264-edit-list.mp4", "who": "cv2"}), flush=True)
    for turned in ["90", "180", "270"]:
        name = f"h264-turned-{turned}.mp4"
        ffmpeg("-i", str(whole), "-c", "copy", "-metadata:s:v:0", f"rotate={turned}", "-frames:v", "5", str(folder / name))
        print(json.dumps({"name": name, "who": "cv2"}), flush=True)


def by_opencv(path):
    import cv2
    import numpy

    video = cv2.VideoCapture(path, cv2.CAP_FFMPEG)
    while True:
        there, frame = video.read()
        if not there:
            return
        yield numpy.float64(video.get(cv2.CAP_PROP_POS_MSEC)).tobytes(), cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)


def by_ffmpeg(path):
    import numpy

    probe = ["ffprobe", "-v", "error", "-of", "json", "-show_entries", "stream=width,height", "-select_streams", "v", path]
    size = json.loads(subprocess.run(probe, check=True, stdout=subprocess.PIPE).stdout)["streams"][0]
    nearest = ["-vf", "scale=flags=neighbor+accurate_rnd+full_chroma_int", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"]
    pixels = numpy.frombuffer(ffmpeg("-i", path, *nearest), numpy.uint8)
    for frame in pixels.reshape(-1, size["height"], size["width"], 3):
        yield b"", frame


def frames(path, who):
    out = sys.stdout.buffer
    for number, (time, frame) in enumerate({"cv2": by_opencv, "ffmpeg": by_ffmpeg}[who](path)):
        if number == 0:
            out.write(json.dumps({"width": frame.shape[1], "height": frame.shape[0]}).encode() + b"\n")
        out.write(time + frame.tobytes())


# What is refused, and what the refusal must say.
REFUSED = [
    ("av1.mp4", ["-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime"], "yuv420p", "codec av1 is not built in"),
    ("av1.mkv", ["-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime"], "yuv420p", "codec av1 is not built in"),
    ("mpeg4.mp4", ["-c:v", "mpeg4"], "yuv420p", "codec mpeg4 (part 2) is not built in"),
    ("mjpeg.mov", ["-c:v", "mjpeg"], "yuvj420p", "codec mjpeg is not built in"),
    ("vp8.webm", ["-c:v", "libvpx"], "yuv420p", "codec vp8 is not built in"),
    ("ten-bits.mp4", x264(), "yuv420p10le", "that the h264 decoder does not support"),
    ("444.mp4", x264(), "yuv444p", "that the h264 decoder does not support"),
    ("fields.mp4", [*x264(), "-flags", "+ildct+ilme"], "yuv420p", "that the h264 decoder does not support"),
    ("422.mkv", x265(), "yuv422p", "that the hevc decoder does not support"),
    ("h264.avi", x264(), "yuv420p", "MP4, MOV, Matroska or WebM"),
]


def refused(folder):
    source = SOURCE.format(size="128x96", rate=10, seconds=0.5)
    for name, args, fmt, says in REFUSED:
        ffmpeg("-f", "lavfi", "-i", source, "-pix_fmt", fmt, *args, str(folder / name))
        print(json.dumps({"name": name, "says": says}), flush=True)
    ffmpeg("-f", "lavfi", "-i", "sine=duration=0.2", str(folder / "sound.mp4"))
    print(json.dumps({"name": "sound.mp4", "says": "has no video in it"}), flush=True)


if sys.argv[1] == "make":
    make(Path(sys.argv[2]))
elif sys.argv[1] == "refused":
    refused(Path(sys.argv[2]))
else:
    frames(sys.argv[2], sys.argv[3])
