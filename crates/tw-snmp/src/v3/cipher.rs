//! Hashes, HMACs and ciphers behind one door.
//!
//! **Room:** layer 0, pure. **May use:** the RustCrypto crates, nowhere else used here.

use super::{AuthProtocol, PrivProtocol};
use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::{Array, BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use des::Des;
use hmac::{
    Hmac, KeyInit,
    digest::{Digest, FixedOutput, Update},
};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

/// How much of the repeated password is hashed (RFC 3414 A.2).
const PASSWORD_STREAM_OCTETS: usize = 1_048_576;

/// Runs one generic function with the hash that a protocol names.
macro_rules! with_hash {
    ($protocol:expr, $function:ident ( $($argument:expr),* )) => {
        match $protocol {
            AuthProtocol::Md5 => $function::<Md5>($($argument),*),
            AuthProtocol::Sha1 => $function::<Sha1>($($argument),*),
            AuthProtocol::Sha224 => $function::<Sha224>($($argument),*),
            AuthProtocol::Sha256 => $function::<Sha256>($($argument),*),
            AuthProtocol::Sha384 => $function::<Sha384>($($argument),*),
            AuthProtocol::Sha512 => $function::<Sha512>($($argument),*),
        }
    };
}

/// The hash of the parts, one after the other.
pub(super) fn hash(protocol: AuthProtocol, parts: &[&[u8]]) -> Vec<u8> {
    with_hash!(protocol, hash_with(parts))
}

fn hash_with<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
    let mut digest = D::new();
    for part in parts {
        digest.update(part);
    }
    digest.finalize().to_vec()
}

/// The hash of the password repeated to 1 MiB.
pub(super) fn hash_of_megabyte(protocol: AuthProtocol, password: &[u8]) -> Vec<u8> {
    with_hash!(protocol, hash_of_megabyte_with(password))
}

fn hash_of_megabyte_with<D: Digest>(password: &[u8]) -> Vec<u8> {
    let mut digest = D::new();
    // Whole passwords in blocks of about 4 KiB.
    let block = password.repeat((4096 / password.len().max(1)).max(1));
    let mut left = PASSWORD_STREAM_OCTETS;
    while left > 0 && !block.is_empty() {
        let take = left.min(block.len());
        digest.update(&block[..take]);
        left -= take;
    }
    digest.finalize().to_vec()
}

/// An HMAC whose key has been taken in: cloned for each message.
#[derive(Clone)]
pub(super) enum Mac {
    Md5(Hmac<Md5>),
    Sha1(Hmac<Sha1>),
    Sha224(Hmac<Sha224>),
    Sha256(Hmac<Sha256>),
    Sha384(Hmac<Sha384>),
    Sha512(Hmac<Sha512>),
}

/// The most bytes of an HMAC that a message carries.
const MAC_LEN_MAX: usize = 48;

impl Mac {
    pub(super) fn new(protocol: AuthProtocol, key: &[u8]) -> Self {
        const ANY: &str = "an HMAC takes a key of any length";
        match protocol {
            AuthProtocol::Md5 => Self::Md5(Hmac::new_from_slice(key).expect(ANY)),
            AuthProtocol::Sha1 => Self::Sha1(Hmac::new_from_slice(key).expect(ANY)),
            AuthProtocol::Sha224 => Self::Sha224(Hmac::new_from_slice(key).expect(ANY)),
            AuthProtocol::Sha256 => Self::Sha256(Hmac::new_from_slice(key).expect(ANY)),
            AuthProtocol::Sha384 => Self::Sha384(Hmac::new_from_slice(key).expect(ANY)),
            AuthProtocol::Sha512 => Self::Sha512(Hmac::new_from_slice(key).expect(ANY)),
        }
    }

    /// Signs a message in place: the field at `at` takes the truncated HMAC of the message in
    /// which that field is zero.
    pub(super) fn sign(&self, message: &mut [u8], at: usize, len: usize) {
        message[at..at + len].fill(0);
        let mut tag = [0; MAC_LEN_MAX];
        self.compute(&[message], &mut tag[..len]);
        message[at..at + len].copy_from_slice(&tag[..len]);
    }

    /// Whether the field at `at` is the truncated HMAC of the message. Compares in constant
    /// time.
    pub(super) fn verify(&self, message: &[u8], at: usize, len: usize) -> bool {
        let zeros = [0; MAC_LEN_MAX];
        let (Some(before), Some(field), Some(after)) = (
            message.get(..at),
            message.get(at..at + len),
            message.get(at + len..),
        ) else {
            return false;
        };
        let mut tag = [0; MAC_LEN_MAX];
        self.compute(&[before, &zeros[..len], after], &mut tag[..len]);
        let difference = field.iter().zip(&tag).fold(0, |all, (a, b)| all | (a ^ b));
        std::hint::black_box(difference) == 0
    }

    fn compute(&self, parts: &[&[u8]], tag: &mut [u8]) {
        match self {
            Self::Md5(mac) => finish(mac.clone(), parts, tag),
            Self::Sha1(mac) => finish(mac.clone(), parts, tag),
            Self::Sha224(mac) => finish(mac.clone(), parts, tag),
            Self::Sha256(mac) => finish(mac.clone(), parts, tag),
            Self::Sha384(mac) => finish(mac.clone(), parts, tag),
            Self::Sha512(mac) => finish(mac.clone(), parts, tag),
        }
    }
}

fn finish<M: Update + FixedOutput>(mut mac: M, parts: &[&[u8]], tag: &mut [u8]) {
    for part in parts {
        mac.update(part);
    }
    let full = mac.finalize_fixed();
    for (to, from) in tag.iter_mut().zip(full.iter()) {
        *to = *from;
    }
}

/// What a message must carry so that the receiver finds the initialisation vector.
#[derive(Clone, Copy, Debug)]
pub(super) struct Salt {
    /// The boots of the authoritative engine.
    pub(super) boots: u32,
    /// Its time.
    pub(super) time: u32,
    /// A number that never comes twice under one key.
    pub(super) counter: u64,
}

/// Encrypts in place, where DES fills up to whole blocks; gives the privacy parameters.
pub(super) fn encrypt(
    protocol: PrivProtocol,
    key: &[u8],
    salt: Salt,
    data: &mut Vec<u8>,
) -> [u8; 8] {
    if protocol == PrivProtocol::Des {
        let mut params = [0; 8];
        params[..4].copy_from_slice(&salt.boots.to_be_bytes());
        params[4..].copy_from_slice(&salt.counter.to_be_bytes()[4..]);
        data.resize(data.len().next_multiple_of(8), 0);
        des_cbc(key, params, data, true);
        return params;
    }
    let params = salt.counter.to_be_bytes();
    aes_cfb(key, aes_iv(salt.boots, salt.time, params), data, true);
    params
}

/// Decrypts in place; `false` when the parameters or the length cannot be right.
pub(super) fn decrypt(
    protocol: PrivProtocol,
    key: &[u8],
    (boots, time, params): (u32, u32, &[u8]),
    data: &mut [u8],
) -> bool {
    let Ok(params) = <[u8; 8]>::try_from(params) else {
        return false;
    };
    if protocol != PrivProtocol::Des {
        aes_cfb(key, aes_iv(boots, time, params), data, false);
        return true;
    }
    let whole = !data.is_empty() && data.len().is_multiple_of(8);
    if whole {
        des_cbc(key, params, data, false);
    }
    whole
}

/// RFC 3826 §3.1.2.1.
fn aes_iv(boots: u32, time: u32, params: [u8; 8]) -> [u8; 16] {
    let mut iv = [0; 16];
    iv[..4].copy_from_slice(&boots.to_be_bytes());
    iv[4..8].copy_from_slice(&time.to_be_bytes());
    iv[8..].copy_from_slice(&params);
    iv
}

fn aes_cfb(key: &[u8], iv: [u8; 16], data: &mut [u8], seal: bool) {
    const FITS: &str = "localising gives keys of the cipher's length";
    macro_rules! run {
        ($cipher:ty) => {
            if seal {
                cfb_mode::Encryptor::<$cipher>::new_from_slices(key, &iv)
                    .expect(FITS)
                    .encrypt(data);
            } else {
                cfb_mode::Decryptor::<$cipher>::new_from_slices(key, &iv)
                    .expect(FITS)
                    .decrypt(data);
            }
        };
    }
    match key.len() {
        16 => run!(Aes128),
        24 => run!(Aes192),
        _ => run!(Aes256),
    }
}

/// RFC 3414 §8.1.1: the second half of the key makes the initialisation vector.
fn des_cbc(key: &[u8], params: [u8; 8], data: &mut [u8], seal: bool) {
    const FITS: &str = "localising gives keys of 16 bytes";
    let (key, pre_iv) = key.split_at(8);
    let mut iv = [0; 8];
    for (position, byte) in iv.iter_mut().enumerate() {
        *byte = pre_iv[position] ^ params[position];
    }
    let mut sealing = cbc::Encryptor::<Des>::new_from_slices(key, &iv).expect(FITS);
    let mut opening = cbc::Decryptor::<Des>::new_from_slices(key, &iv).expect(FITS);
    for block in data.chunks_exact_mut(8) {
        let mut copy = Array::try_from(&*block).expect("a chunk of 8 bytes");
        if seal {
            sealing.encrypt_block(&mut copy);
        } else {
            opening.decrypt_block(&mut copy);
        }
        block.copy_from_slice(&copy);
    }
}
