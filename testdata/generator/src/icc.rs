//! A small valid ICC profile: version 2, display class, RGB matrix and curves.

/// Red, green and blue of Display P3 adapted to D50, as s15Fixed16 XYZ.
const PRIMARIES: [[u32; 3]; 3] = [
    [0x0000_83DF, 0x0000_3DBF, 0xFFFF_FFBB],
    [0x0000_4ABF, 0x0000_B137, 0x0000_0AB9],
    [0x0000_2838, 0x0000_110B, 0x0000_C8B9],
];
const D50: [u32; 3] = [0x0000_F6D6, 0x0001_0000, 0x0000_D32D];
/// 2.2 as u8Fixed8.
const GAMMA: u16 = 0x0233;

/// A profile with the primaries of Display P3 and a plain gamma of 2.2 for all three channels.
pub(crate) fn wide_gamut() -> Vec<u8> {
    let curve = [b"curv", &[0; 4][..], &1u32.to_be_bytes(), &GAMMA.to_be_bytes(), &[0; 2]].concat();
    let tags: [(&[u8; 4], Vec<u8>); 9] = [
        (b"desc", description("masthead test, wide gamut")),
        (b"cprt", [b"text", &[0; 4][..], b"no copyright, use freely\0\0\0\0"].concat()),
        (b"wtpt", xyz(D50)),
        (b"rXYZ", xyz(PRIMARIES[0])),
        (b"gXYZ", xyz(PRIMARIES[1])),
        (b"bXYZ", xyz(PRIMARIES[2])),
        (b"rTRC", curve.clone()),
        (b"gTRC", curve.clone()),
        (b"bTRC", curve),
    ];

    let mut table = (tags.len() as u32).to_be_bytes().to_vec();
    let mut data = Vec::new();
    let data_at = 128 + 4 + 12 * tags.len();
    for (name, content) in &tags {
        table.extend(*name);
        table.extend(((data_at + data.len()) as u32).to_be_bytes());
        table.extend((content.len() as u32).to_be_bytes());
        data.extend(content);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    [header((data_at + data.len()) as u32), table, data].concat()
}

fn header(size: u32) -> Vec<u8> {
    let mut header = size.to_be_bytes().to_vec();
    header.extend([0; 4]);
    header.extend(0x0210_0000u32.to_be_bytes());
    header.extend(b"mntrRGB XYZ ");
    for part in [2026u16, 1, 1, 0, 0, 0] {
        header.extend(part.to_be_bytes());
    }
    header.extend(b"acsp");
    header.resize(68, 0);
    header.extend(D50.iter().flat_map(|value| value.to_be_bytes()));
    header.resize(128, 0);
    header
}

fn xyz(values: [u32; 3]) -> Vec<u8> {
    let mut tag = b"XYZ \0\0\0\0".to_vec();
    tag.extend(values.iter().flat_map(|value| value.to_be_bytes()));
    tag
}

/// The `desc` type: ASCII, then empty Unicode and Macintosh names of fixed length.
fn description(text: &str) -> Vec<u8> {
    let mut tag = b"desc\0\0\0\0".to_vec();
    tag.extend((text.len() as u32 + 1).to_be_bytes());
    tag.extend(text.as_bytes());
    tag.resize(tag.len() + 1 + 4 + 4 + 2 + 1 + 67, 0);
    tag
}
