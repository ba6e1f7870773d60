"""Makes the images beside it with Pillow: red, green, blue and white quarters, 32 by 24 pixels.

    python make.py
"""

from pathlib import Path

from PIL import Image

HERE = Path(__file__).resolve().parent

quarters = Image.new("RGB", (32, 24))
for corner, color in [((0, 0), (255, 0, 0)), ((16, 0), (0, 255, 0)), ((0, 12), (0, 0, 255)), ((16, 12), (255, 255, 255))]:
    quarters.paste(color, (*corner, corner[0] + 16, corner[1] + 12))

quarters.save(HERE / "444.jpg", quality=95, subsampling="4:4:4")
quarters.save(HERE / "420.jpg", quality=95, subsampling="4:2:0")
quarters.save(HERE / "progressive.jpg", quality=95, progressive=True)
quarters.convert("L").save(HERE / "grey.jpg", quality=95)
quarters.convert("CMYK").save(HERE / "cmyk.jpg", quality=95)
quarters.quantize(4).save(HERE / "palette.png")
quarters.save(HERE / "lossy.webp", quality=95)
quarters.save(HERE / "lzw.tiff", compression="tiff_lzw")
