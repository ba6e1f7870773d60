//! Crops of objects, their errors, and images fitted to models.
#![allow(clippy::cast_precision_loss, reason = "small numbers")]

use agent_platform::labels::{Bitmask, BoundingBox, Polygon, RotatableBoundingBox, Vertex, encode_runs};
use agent_platform::media::{
    BLACK, CropError, Croppable, Encoding, FitError, Limits, PixelBox, Rgb, RgbImage, decode, encode, letterbox,
    resize, straightened,
};
use base64::Engine as _;

/// Returns an image whose pixels encode their position.
fn image() -> RgbImage {
    RgbImage::from_fn(160, 120, at)
}

fn at(x: u32, y: u32) -> Rgb<u8> {
    Rgb([x, y, 200].map(|shade| u8::try_from(shade).unwrap()))
}

fn pixels(shape: &impl Croppable) -> [u32; 4] {
    let PixelBox { x, y, width, height } = shape.pixels(160, 120).unwrap();
    [x, y, width, height]
}

fn turned(theta: f64) -> RotatableBoundingBox {
    RotatableBoundingBox { x: 0.4, y: 0.4, width: 0.3, height: 0.2, theta }
}

#[test]
fn crops_the_bounding_box_of_a_shape() {
    // The sizes that the Python package was recorded with: `agent-http.json`, route `/object-crops`.
    let shape = BoundingBox { x: 0.05, y: 0.3, width: 0.25, height: 0.4 };
    assert_eq!(pixels(&shape), [8, 36, 40, 48]);
    let crop = shape.crop(&image()).unwrap();
    assert_eq!(crop.dimensions(), (40, 48));
    assert_eq!((crop.get_pixel(0, 0), crop.get_pixel(39, 47)), (&at(8, 36), &at(47, 83)));
    assert_eq!(pixels(&turned(30.0))[2..], [54, 45]);
    let field = Polygon::new([(0.1, 0.1), (0.5, 0.1), (0.5, 0.6), (0.1, 0.6)].map(|(x, y)| Vertex { x, y }));
    assert_eq!(pixels(&field), [16, 12, 64, 60]);
    let water = Bitmask::from_rle(160, 120, format!("Ti4X1h3{}lX9", "0".repeat(57)));
    assert_eq!(pixels(&water), [100, 30, 40, 30]);
}

#[test]
fn shapes_without_pixels_have_distinct_errors() {
    let outside = BoundingBox { x: 1.2, y: 0.3, width: 0.25, height: 0.4 };
    assert_eq!(outside.crop(&image()), Err(CropError::Outside));
    assert_eq!(RotatableBoundingBox { x: -1.0, ..turned(45.0) }.crop(&image()), Err(CropError::Outside));
    assert_eq!(Bitmask::from_rows(4, 2, &[0; 8]).unwrap().crop(&image()), Err(CropError::EmptyMask));
    assert_eq!(Bitmask::from_rle(4, 2, "99").crop(&image()), Err(CropError::Malformed));
    assert_eq!(Bitmask::from_rle(0, 0, "").crop(&image()), Err(CropError::Malformed));
    assert_eq!(Polygon::default().crop(&image()), Err(CropError::Malformed));
    assert_eq!(Polygon::new([Vertex { x: 0.5, y: f64::NAN }]).crop(&image()), Err(CropError::Malformed));
    assert_eq!(Polygon::new([Vertex { x: 0.5, y: 0.5 }]).crop(&image()), Err(CropError::NoPixel));
    assert_eq!(outside.crop(&RgbImage::new(0, 0)), Err(CropError::NoPixel));
    let huge = RotatableBoundingBox { x: -500.0, y: -500.0, width: 1e6, height: 1e6, theta: 1.0 };
    assert_eq!(straightened(&image(), &huge), Err(CropError::TooLarge));
    assert_eq!(CropError::Outside.to_string(), "lies outside of the image");
}

#[test]
fn huge_masks_take_no_memory() {
    // 2^60 pixels, of which first one and then all are inside.
    let side = 1 << 30;
    assert_eq!(Bitmask::from_rle(side, side, "01").pixels(160, 120), Err(CropError::NoPixel));
    let all = Bitmask::from_rle(side, side, encode_runs(&[0, side * side]));
    assert_eq!(all.mask(160, 120).unwrap().area(), 160 * 120);
}

#[test]
fn masks_pixels_outside_of_the_shape() {
    let mut rows = vec![0; 160 * 120];
    for (x, y) in [(10, 20), (11, 21), (12, 22), (12, 20)] {
        rows[y * 160 + x] = 1;
    }
    let masked = Bitmask::from_rows(160, 120, &rows).unwrap().masked(&image(), BLACK).unwrap();
    assert_eq!(masked.dimensions(), (3, 3));
    for (x, y, pixel) in masked.enumerate_pixels() {
        let inside = x == y || (x, y) == (2, 0);
        assert_eq!(*pixel, if inside { at(10 + x, 20 + y) } else { BLACK }, "{x}, {y}");
    }

    // A square with a square hole, and a second square next to it.
    let square = |left: f64, top: f64, side: f64| {
        let corners = [(left, top), (left + side, top), (left + side, top + side), (left, top + side)];
        corners.map(|(x, y)| Vertex { x: x / 160.0, y: y / 120.0 }).to_vec()
    };
    let polygon = Polygon {
        polygons: vec![vec![square(20.0, 20.0, 12.0), square(24.0, 24.0, 4.0)], vec![square(40.0, 20.0, 5.0)]],
    };
    let mask = polygon.mask(160, 120).unwrap();
    assert_eq!((pixels(&polygon), mask.area()), ([20, 20, 25, 12], 144 - 16 + 25));
    let masked = polygon.masked(&image(), BLACK).unwrap();
    for (x, y, expected) in [(0, 0, at(20, 20)), (5, 5, BLACK), (8, 8, at(28, 28)), (14, 2, BLACK), (22, 2, at(42, 22))]
    {
        assert_eq!(*masked.get_pixel(x, y), expected, "{x}, {y}");
    }
    // A box rotated by 45 degrees covers half of its bounding box.
    let diamond =
        RotatableBoundingBox { x: 60.0 / 160.0, y: 40.0 / 120.0, width: 0.25, height: 1.0 / 3.0, theta: 45.0 };
    let mask = diamond.mask(160, 120).unwrap();
    let share = mask.area() as f64 / mask.inside().len() as f64;
    assert!((mask.area() as f64 - 1600.0).abs() < 30.0 && (share - 0.5).abs() < 0.02, "{} {share}", mask.area());
}

#[test]
fn scales_masks_to_the_image() {
    let mask = Bitmask::from_rows(4, 3, &[0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
    assert_eq!(pixels(&mask), [40, 40, 40, 40]);
    assert_eq!(mask.mask(160, 120).unwrap().area(), 1600);
}

#[test]
fn straightens_rotated_boxes() {
    let whole = RotatableBoundingBox { x: 0.1, y: 0.2, width: 0.5, height: 0.5, theta: 0.0 };
    let upright = BoundingBox { x: 0.1, y: 0.2, width: 0.5, height: 0.5 };
    assert_eq!(straightened(&image(), &whole).unwrap(), upright.crop(&image()).unwrap());

    // After a clockwise quarter turn the upper edge is on the right: x of the result runs down the image.
    let quarter = straightened(&image(), &turned(90.0)).unwrap();
    assert_eq!(quarter.dimensions(), (48, 24));
    let (left, right) = (quarter.get_pixel(0, 12).0, quarter.get_pixel(47, 12).0);
    assert!(right[1] > left[1] + 40 && left[0].abs_diff(right[0]) <= 1, "{left:?} {right:?}");
    let (upper, lower) = (quarter.get_pixel(24, 0).0, quarter.get_pixel(24, 23).0);
    assert!(upper[0] > lower[0] + 20, "{upper:?} {lower:?}");

    // Rotation does not move the centre.
    for theta in [15.0, 30.0, 123.0, -77.0] {
        let middle = straightened(&image(), &turned(theta)).unwrap().get_pixel(24, 12).0;
        assert!(middle[0].abs_diff(88) <= 1 && middle[1].abs_diff(60) <= 1, "{theta}: {middle:?}");
    }
    let edge = RotatableBoundingBox { x: -0.1, y: -0.1, width: 0.3, height: 0.3, theta: 10.0 };
    assert_eq!(*straightened(&image(), &edge).unwrap().get_pixel(0, 0), BLACK);
}

#[test]
fn maps_fitted_coordinates_back_into_original() {
    let fitted = letterbox(&image(), 64, 64, Rgb([1, 2, 3])).unwrap();
    let placement = fitted.placement;
    assert_eq!((fitted.image.dimensions(), placement.top, placement.height), ((64, 64), 8, 48));
    assert_eq!((fitted.image.get_pixel(5, 7).0, fitted.image.get_pixel(5, 56).0), ([1, 2, 3], [1, 2, 3]));
    assert_eq!(fitted.image.get_pixel(5, 8).0[2], 200);
    assert_eq!(placement.to_source(32.0, 32.0), (0.5, 0.5));
    assert_eq!(placement.from_source(0.5, 0.5), (32.0, 32.0));
    let found = placement.box_to_source(-4.0, 0.0, 36.0, 32.0);
    assert_eq!(found, BoundingBox { x: 0.0, y: 0.0, width: 0.5, height: 0.5 });

    let stretched = resize(&image(), 80, 120).unwrap();
    assert_eq!((stretched.image.dimensions(), stretched.placement.to_source(40.0, 60.0)), ((80, 120), (0.5, 0.5)));
    assert_eq!(resize(&image(), 160, 120).unwrap().image, image());
    assert_eq!(resize(&image(), 0, 120), Err(FitError::Empty));
    assert_eq!(letterbox(&RgbImage::new(0, 3), 8, 8, BLACK), Err(FitError::Empty));
    assert_eq!(resize(&image(), u32::MAX, 1), Err(FitError::TooLarge));
    // A line remains one pixel wide.
    assert_eq!(letterbox(&RgbImage::new(1000, 1), 10, 10, BLACK).unwrap().placement.height, 1);
}

#[test]
fn converts_images_to_the_layout_of_models() {
    for (encoding, mime) in
        [(Encoding::jpeg(90), "image/jpeg"), (Encoding::Png, "image/png"), (Encoding::WebP, "image/webp")]
    {
        let encoded = encode(&image(), encoding).unwrap();
        let read = decode(&encoded.bytes, &Limits::default()).unwrap();
        assert!(read == image() || encoding == Encoding::jpeg(90), "{mime}");
        let raw = base64::engine::general_purpose::STANDARD.encode(&encoded.bytes);
        assert_eq!(encoded.base64(), raw);
        assert_eq!(encoded.data_url(), format!("data:{mime};base64,{raw}"));
        let openai = encoded.openai_part();
        assert_eq!((&openai["type"], &openai["image_url"]["url"]), (&"image_url".into(), &encoded.data_url().into()));
        let anthropic = encoded.anthropic_part();
        assert_eq!(anthropic["type"], "image");
        assert_eq!(anthropic["source"], serde_json::json!({ "type": "base64", "media_type": mime, "data": raw }));
        assert!(!format!("{encoded:?}").contains(&raw));
    }
    let size = |quality| encode(&image(), Encoding::jpeg(quality)).unwrap().bytes.len();
    assert!(size(10) < size(50) && size(50) < size(95) && size(0) == size(1) && size(200) == size(100));
    assert!(encode(&RgbImage::new(0, 1), Encoding::Png).is_err());
    assert!(
        encode(&RgbImage::new(70_000, 1), Encoding::jpeg(90))
            .unwrap_err()
            .to_string()
            .starts_with("the image cannot be")
    );
}
