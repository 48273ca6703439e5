//! The tree against RFC 6962: published proofs, the roots of the reference tree, and the other implementation.

use super::*;
use tlog_tiles::record_hash;

/// The eight leaves and the roots of their trees that the RFC's reference implementations test with.
const LEAVES: [&[u8]; 8] = [
    &[],
    &[0x00],
    &[0x10],
    &[0x20, 0x21],
    &[0x30, 0x31],
    &[0x40, 0x41, 0x42, 0x43],
    &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
    &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
];
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[test]
fn the_roots_of_the_reference_tree_come_out() {
    let mut edge = Edge::empty();
    assert_eq!(edge.root(), EMPTY_HASH);
    for (leaf, root) in LEAVES.iter().zip(ROOTS) {
        edge.push(record_hash(leaf));
        assert_eq!(hex_hash(&edge.root()), root);
        assert_eq!(Edge::from_text(edge.size(), &edge.to_text()).unwrap(), edge);
    }
}

#[test]
fn every_entry_of_every_size_can_be_proved_and_no_other_leaf() {
    let mut edge = Edge::empty();
    let mut nodes = HashMap::new();
    for size in 1..=70u64 {
        for node in edge.push(record_hash(format!("leaf {}", size - 1).as_bytes())) {
            nodes.insert((node.level, node.place), node.hash);
        }
        for seq in 0..size {
            let known: HashMap<_, _> = needed_for_entry(size, seq)
                .unwrap()
                .into_iter()
                .map(|place| (place, nodes[&place]))
                .collect();
            let mut proof = prove_in(edge.size(), edge.root(), seq, format!("leaf {seq}"), &known).unwrap();
            assert!(proof.holds());
            proof.leaf.push('!');
            assert!(!proof.holds());
        }
        assert!(needed_for_entry(size, size).is_err());
    }
}

fn bytes(value: &serde_json::Value) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode(value.as_str().unwrap_or_default()).unwrap()
}

fn decode(value: &serde_json::Value) -> Option<Hash> {
    bytes(value).try_into().ok().map(Hash)
}

/// Some vectors have roots of no hash's length, which are only compared: their hash stands for them.
fn root(value: &serde_json::Value) -> Hash {
    decode(value).unwrap_or_else(|| record_hash(&bytes(value)))
}

/// Reads the regular files of a tar archive.
fn files(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at + 512 <= archive.len() && archive[at] != 0 {
        let header = &archive[at..at + 512];
        let text =
            |from: usize, to: usize| String::from_utf8_lossy(&header[from..to]).trim_matches('\0').to_owned();
        let size = usize::from_str_radix(text(124, 136).trim(), 8).unwrap();
        if matches!(header[156], b'0' | 0) {
            found.push((text(0, 100), archive[at + 512..at + 512 + size].to_vec()));
        }
        at += 512 + size.div_ceil(512) * 512;
    }
    found
}

#[test]
fn published_proofs_are_accepted_or_refused_as_published() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/merkle_rfc6962_vectors/merkle_testdata.tar.gz"
    );
    // gzip is read by the program every such machine has, which keeps a decoder out of this crate.
    let unpacked = std::process::Command::new("gzip").args(["-dc", path]).output();
    let Some(archive) = unpacked.ok().filter(|output| output.status.success()).map(|output| output.stdout)
    else {
        eprintln!("skipped: the shared Merkle vectors are not here");
        return;
    };
    let (mut inclusion, mut consistency) = (0, 0);
    for (name, text) in files(&archive).into_iter().filter(|(name, _)| name.ends_with(".json")) {
        let case: serde_json::Value = serde_json::from_slice(&text).unwrap();
        let wanted = !case["wantErr"].as_bool().unwrap_or(false);
        let number = |key: &str| case[key].as_u64().unwrap_or(0);
        let proof: Option<Vec<Hash>> =
            case["proof"].as_array().map_or(Some(Vec::new()), |proof| proof.iter().map(decode).collect());
        if name.contains("/inclusion/") {
            let (Some(proof), Some(leaf)) = (proof, decode(&case["leafHash"])) else {
                assert!(!wanted, "{name}");
                continue;
            };
            inclusion += 1;
            let holds = tlog_tiles::check_record(
                &proof,
                number("treeSize"),
                root(&case["root"]),
                number("leafIdx"),
                leaf,
            )
            .is_ok();
            assert_eq!(holds, wanted, "{name}");
        } else if name.contains("/consistency/") {
            let (small, large) = (number("size1"), number("size2"));
            let Some(proof) = proof else {
                assert!(!wanted, "{name}");
                continue;
            };
            let (one, two) = (root(&case["root1"]), root(&case["root2"]));
            // Nothing is claimed about the empty tree: the vectors' library and ours differ in that convention.
            if small == 0 {
                continue;
            }
            consistency += 1;
            let holds = tlog_tiles::check_tree(&proof, large, two, small, one).is_ok();
            assert_eq!(holds, wanted, "{name}");
        }
    }
    assert!(inclusion > 50 && consistency > 50, "{inclusion} {consistency}");
}
