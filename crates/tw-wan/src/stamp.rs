//! Simple Two-way Active Measurement Protocol, unauthenticated (RFC 8762, sections 4.2 and 4.3).
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** panic on any packet.

use tw_units::Timestamp;

/// The length of both packets without padding or extensions.
pub const STAMP_LENGTH: usize = 44;

/// The UDP port of a reflector (RFC 8762, section 4.1).
pub const STAMP_PORT: u16 = 862;

/// Seconds from 1900-01-01, where NTP counts from, to 1970-01-01.
const NTP_TO_UNIX_SECONDS: i64 = 2_208_988_800;

/// A packet that is no STAMP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    /// Shorter than [`STAMP_LENGTH`].
    #[error("a STAMP packet has at least {STAMP_LENGTH} octets, this one has {0}")]
    Short(usize),
}

/// A 64-bit NTP time (RFC 5905, section 6): seconds since 1900 modulo 2³², and a fraction in
/// units of 2⁻³² seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NtpTime(pub u64);

impl NtpTime {
    /// From Unix time in nanoseconds.
    pub fn from_unix_nanos(nanos: i128) -> Self {
        let seconds = nanos.div_euclid(1_000_000_000) + i128::from(NTP_TO_UNIX_SECONDS);
        let fraction = (nanos.rem_euclid(1_000_000_000) << 32) / 1_000_000_000;
        let seconds = u64::try_from(seconds.rem_euclid(1 << 32)).unwrap_or(0);
        Self((seconds << 32) | u64::try_from(fraction).unwrap_or(0))
    }

    /// Unix time in nanoseconds. The seconds wrap every 136 years; the result is the one nearest
    /// to `near`.
    pub fn to_unix_nanos(self, near: Timestamp) -> i128 {
        let fraction = (i128::from(self.0 & 0xffff_ffff) * 1_000_000_000 + (1 << 31)) >> 32;
        let seconds = i128::from(self.0 >> 32) - i128::from(NTP_TO_UNIX_SECONDS);
        let era: i128 = 1 << 32;
        let gap = i128::from(near.as_seconds()) - seconds;
        let eras = (gap + era / 2).div_euclid(era);
        (seconds + eras * era) * 1_000_000_000 + fraction
    }

    /// Nanoseconds from `earlier` to this time, right when they are less than 68 years apart.
    pub fn nanos_since(self, earlier: Self) -> i64 {
        // Two's complement: a difference across the wrap comes out right.
        let difference = i128::from(self.0.wrapping_sub(earlier.0).cast_signed());
        i64::try_from((difference * 1_000_000_000) >> 32).unwrap_or(i64::MAX)
    }
}

/// How far a clock may be off (RFC 4656, section 4.1.2): `multiplier · 2⁻³² · 2^scale` seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ErrorEstimate {
    /// The clock is synchronised to UTC by an outside source.
    pub synchronised: bool,
    /// The timestamps are PTP's and not NTP's (RFC 8762, section 4.2.1).
    pub ptp: bool,
    /// Power of two.
    pub scale: u8,
    /// Never 0 on the wire.
    pub multiplier: u8,
}

impl ErrorEstimate {
    /// An NTP-format timestamp of a clock of which nothing better is known: about 16 ms.
    pub const UNKNOWN: Self = Self {
        synchronised: false,
        ptp: false,
        scale: 26,
        multiplier: 1,
    };

    fn encode(self) -> u16 {
        u16::from(self.synchronised) << 15
            | u16::from(self.ptp) << 14
            | u16::from(self.scale & 0x3f) << 8
            | u16::from(self.multiplier.max(1))
    }

    fn decode(word: u16) -> Self {
        let [high, multiplier] = word.to_be_bytes();
        Self {
            synchronised: high & 0x80 != 0,
            ptp: high & 0x40 != 0,
            scale: high & 0x3f,
            multiplier,
        }
    }
}

/// What a session sender sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderPacket {
    /// Counts from 0.
    pub sequence: u32,
    /// When it was sent (T1).
    pub sent_at: NtpTime,
    /// The sender's clock.
    pub error: ErrorEstimate,
}

/// What a session reflector sends back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReflectorPacket {
    /// The reflector's own count, or the sender's when it keeps no state.
    pub sequence: u32,
    /// When this packet was sent (T3).
    pub sent_at: NtpTime,
    /// The reflector's clock.
    pub error: ErrorEstimate,
    /// When the sender's packet came (T2).
    pub received_at: NtpTime,
    /// The sender's packet: its count, its time (T1), its clock.
    pub sender: SenderPacket,
    /// The time to live of the sender's packet as it came; 255 when it is not known.
    pub sender_ttl: u8,
}

impl SenderPacket {
    /// The packet's octets.
    pub fn encode(&self) -> [u8; STAMP_LENGTH] {
        let mut out = [0; STAMP_LENGTH];
        put(&mut out, 0, &self.head());
        out
    }

    /// Reads a packet; octets beyond [`STAMP_LENGTH`] (padding, extensions) are ignored.
    pub fn decode(octets: &[u8]) -> Result<Self, StampError> {
        let octets = fixed(octets)?;
        Ok(Self::at(octets, 0))
    }

    fn head(&self) -> [u8; 14] {
        let mut out = [0; 14];
        put(&mut out, 0, &self.sequence.to_be_bytes());
        put(&mut out, 4, &self.sent_at.0.to_be_bytes());
        put(&mut out, 12, &self.error.encode().to_be_bytes());
        out
    }

    fn at(octets: &[u8; STAMP_LENGTH], offset: usize) -> Self {
        Self {
            sequence: u32::from_be_bytes(take(octets, offset)),
            sent_at: NtpTime(u64::from_be_bytes(take(octets, offset + 4))),
            error: ErrorEstimate::decode(u16::from_be_bytes(take(octets, offset + 12))),
        }
    }
}

impl ReflectorPacket {
    /// The packet's octets.
    pub fn encode(&self) -> [u8; STAMP_LENGTH] {
        let own = SenderPacket {
            sequence: self.sequence,
            sent_at: self.sent_at,
            error: self.error,
        };
        let mut out = [0; STAMP_LENGTH];
        put(&mut out, 0, &own.head());
        put(&mut out, 16, &self.received_at.0.to_be_bytes());
        put(&mut out, 24, &self.sender.head());
        put(&mut out, 40, &[self.sender_ttl]);
        out
    }

    /// Reads a packet; octets beyond [`STAMP_LENGTH`] are ignored.
    pub fn decode(octets: &[u8]) -> Result<Self, StampError> {
        let octets = fixed(octets)?;
        let own = SenderPacket::at(octets, 0);
        let [sender_ttl] = take(octets, 40);
        Ok(Self {
            sequence: own.sequence,
            sent_at: own.sent_at,
            error: own.error,
            received_at: NtpTime(u64::from_be_bytes(take(octets, 16))),
            sender: SenderPacket::at(octets, 24),
            sender_ttl,
        })
    }

    /// The round-trip time in nanoseconds without the reflector's own: (T4 − T1) − (T3 − T2);
    /// `received_back_at` is T4. It needs no synchronised clocks.
    pub fn rtt_nanos(&self, received_back_at: NtpTime) -> i64 {
        let whole = received_back_at.nanos_since(self.sender.sent_at);
        whole.saturating_sub(self.sent_at.nanos_since(self.received_at))
    }
}

fn fixed(octets: &[u8]) -> Result<&[u8; STAMP_LENGTH], StampError> {
    octets.first_chunk().ok_or(StampError::Short(octets.len()))
}

fn take<const N: usize>(octets: &[u8; STAMP_LENGTH], offset: usize) -> [u8; N] {
    let mut out = [0; N];
    for (to, from) in out.iter_mut().zip(octets.iter().skip(offset)) {
        *to = *from;
    }
    out
}

fn put(out: &mut [u8], offset: usize, octets: &[u8]) {
    for (to, from) in out.iter_mut().skip(offset).zip(octets) {
        *to = *from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_sender_packet_has_the_layout_of_the_rfc() {
        let packet = SenderPacket {
            sequence: 0x0102_0304,
            sent_at: NtpTime(0x1112_1314_1516_1718),
            error: ErrorEstimate {
                synchronised: true,
                ptp: false,
                scale: 3,
                multiplier: 0xff,
            },
        };
        let octets = packet.encode();
        assert_eq!(octets[..4], [1, 2, 3, 4]);
        assert_eq!(
            octets[4..12],
            [0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18]
        );
        assert_eq!(octets[12..14], [0x83, 0xff]);
        assert!(
            octets[14..].iter().all(|o| *o == 0),
            "30 octets must be zero"
        );
    }

    #[test]
    fn a_reflected_packet_carries_the_senders_at_its_place() {
        let octets: [u8; STAMP_LENGTH] = std::array::from_fn(|i| u8::try_from(i).unwrap());
        let packet = ReflectorPacket::decode(&octets).unwrap();
        assert_eq!(packet.received_at, NtpTime(0x1011_1213_1415_1617));
        assert_eq!(packet.sender.sequence, 0x1819_1a1b);
        assert_eq!(packet.sender.sent_at, NtpTime(0x1c1d_1e1f_2021_2223));
        assert_eq!(packet.sender_ttl, 40);
    }

    #[test]
    fn a_cut_packet_is_refused_and_a_padded_one_is_read() {
        let octets = [0; STAMP_LENGTH + 20];
        for length in 0..STAMP_LENGTH {
            let cut = &octets[..length];
            assert_eq!(SenderPacket::decode(cut), Err(StampError::Short(length)));
            assert_eq!(ReflectorPacket::decode(cut), Err(StampError::Short(length)));
        }
        assert!(ReflectorPacket::decode(&octets).is_ok());
    }

    #[test]
    fn the_round_trip_leaves_out_the_reflectors_own_time() {
        let at = |ms: i128| NtpTime::from_unix_nanos(1_700_000_000_000_000_000 + ms * 1_000_000);
        let error = ErrorEstimate::UNKNOWN;
        let sender = SenderPacket {
            sequence: 0,
            sent_at: at(0),
            error,
        };
        // The reflector's clock is an hour ahead and it held the packet for 5 ms.
        let packet = ReflectorPacket {
            sequence: 0,
            sent_at: at(3_600_025),
            error,
            received_at: at(3_600_020),
            sender,
            sender_ttl: 255,
        };
        let rtt = packet.rtt_nanos(at(45));
        assert!((rtt - 40_000_000).abs() <= 2, "{rtt}");
    }

    #[test]
    fn ntp_time_wraps_in_2036_and_is_read_right() {
        let near: Timestamp = "2036-02-07T06:28:20Z".parse().unwrap();
        let nanos = i128::from(near.as_millis()) * 1_000_000;
        assert_eq!(NtpTime::from_unix_nanos(nanos).0 >> 32, 4);
        assert_eq!(NtpTime::from_unix_nanos(nanos).to_unix_nanos(near), nanos);
    }

    proptest! {
        #[test]
        fn decode_gives_back_what_was_encoded(sequence: u32, times: [u64; 3], words: [u16; 2], ttl: u8) {
            let error = |word: u16| ErrorEstimate::decode(word.max(1) | 1);
            let sender = SenderPacket { sequence, sent_at: NtpTime(times[0]), error: error(words[0]) };
            prop_assert_eq!(SenderPacket::decode(&sender.encode()), Ok(sender));
            let packet = ReflectorPacket {
                sequence: sequence.wrapping_add(1),
                sent_at: NtpTime(times[1]),
                error: error(words[1]),
                received_at: NtpTime(times[2]),
                sender,
                sender_ttl: ttl,
            };
            prop_assert_eq!(ReflectorPacket::decode(&packet.encode()), Ok(packet));
        }

        #[test]
        fn ntp_time_keeps_nanoseconds(seconds in 0_i64..4_000_000_000, nanos in 0_i128..1_000_000_000) {
            let whole = i128::from(seconds) * 1_000_000_000 + nanos;
            let back = NtpTime::from_unix_nanos(whole).to_unix_nanos(Timestamp::from_seconds(seconds));
            prop_assert!((back - whole).abs() <= 1);
        }
    }
}
