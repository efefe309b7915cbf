//! What rendering a very large picture takes: rows are used as they are decoded, so that its height counts for nothing.
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader};

use super::*;

/// The peak memory of a command that is given a picture, in bytes.
fn peak(arguments: &[&str], picture: &Path) -> u64 {
    let mut command = command();
    command.args(arguments).args(["--json", "--threads=1"]).arg(picture).arg("-");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    // The picture is told; standard input, the second one, is waited for.
    let mut told = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut told).unwrap();
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    drop(child.stdin.take());
    child.wait().unwrap();
    assert!(told.contains("8192") && !told.contains("error"), "{told}");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    1024 * peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
}

/// How much more memory rendering the ten banners of a picture takes than reading its file and its header.
fn growth(file: &[u8], name: &str) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (folder.path().join(name), folder.path().join("out"));
    fs::write(&path, file).unwrap();
    let rendered = peak(&["render", "-o", out.to_str().unwrap()], &path);
    assert_profile_banner(&out.join(path.file_stem().unwrap()), "jpg");
    rendered - peak(&["inspect"], &path)
}

/// A grey-looking JPEG of three components with a sample of each for each pixel. All its codes are the one bit 0: no difference
/// from the DC before, and the end of the block.
fn jpeg(width: u16, height: u16, progressive: bool) -> Vec<u8> {
    fn segment(file: &mut Vec<u8>, marker: u8, body: &[u8]) {
        file.extend([0xFF, marker]);
        file.extend((body.len() as u16 + 2).to_be_bytes());
        file.extend(body);
    }
    let blocks = usize::from(width).div_ceil(8) * usize::from(height).div_ceil(8);
    let scan = |file: &mut Vec<u8>, components: &[u8], spectral: [u8; 2], bits: usize| {
        let mut body = vec![components.len() as u8];
        body.extend(components.iter().flat_map(|&component| [component, 0]));
        body.extend([spectral[0], spectral[1], 0]);
        segment(file, 0xDA, &body);
        // Whole bytes of zeros, and ones at the end where a byte is filled up.
        file.extend(std::iter::repeat_n(0, bits / 8));
        if !bits.is_multiple_of(8) {
            file.push(0xFF >> (bits % 8));
        }
    };
    let mut file = vec![0xFF, 0xD8];
    segment(&mut file, 0xDB, &[[0].as_slice(), &[1; 64]].concat());
    let [width, height] = [width, height].map(u16::to_be_bytes);
    let mut frame = vec![8, height[0], height[1], width[0], width[1], 3];
    frame.extend((1..=3).flat_map(|component| [component, 0x11, 0]));
    segment(&mut file, if progressive { 0xC2 } else { 0xC0 }, &frame);
    for class in [0x00, 0x10] {
        // One code of one bit.
        let mut table = [0; 18];
        (table[0], table[1]) = (class, 1);
        segment(&mut file, 0xC4, &table);
    }
    if progressive {
        scan(&mut file, &[1, 2, 3], [0, 0], 3 * blocks);
        for component in 1..=3 {
            scan(&mut file, &[component], [1, 63], blocks);
        }
    } else {
        scan(&mut file, &[1, 2, 3], [0, 63], 2 * 3 * blocks);
    }
    file.extend([0xFF, 0xD9]);
    file
}

/// A black PNG of RGB pixels.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    let mut rows = writer.stream_writer().unwrap();
    let row = vec![0; 3 * width as usize];
    for _ in 0..height {
        std::io::Write::write_all(&mut rows, &row).unwrap();
    }
    rows.finish().unwrap();
    drop(writer);
    file
}

/// Most of it are the planes of the banners, 6 MB, or 11 of RGB, where chroma has a sample for each pixel; the rows that filters
/// of three components read, 8192 samples wide, take 4. The window, 8192x4096, would be 100 MB.
#[test]
fn memory_does_not_grow_with_the_height_of_a_picture() {
    type File = fn(u16) -> Vec<u8>;
    let files: [(&str, u64, File); 3] = [
        ("baseline.jpg", 14_000_000, |height| jpeg(8192, height, false)),
        ("progressive.jpg", 14_000_000, |height| jpeg(8192, height, true)),
        ("plain.png", 18_000_000, |height| png(8192, height.into())),
    ];
    for (name, most, file) in files {
        let [lower, higher] = [4096, 8192].map(|height| growth(&file(height), name));
        assert!(higher <= most, "{name}: {higher} bytes");
        assert!(higher <= lower + 1_000_000, "{name}: {higher} bytes, {lower} for half the height");
    }
}
