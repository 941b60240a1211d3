//! Which addresses are public: what somebody may make this gateway call.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is one of the internet, and not of this machine, of a network of one's own, or of neither.
///
/// An address of IPv6 that stands for one of IPv4 is judged as that one.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let is_other = match [first, second, third] {
        // This network; of no use yet, and to many.
        // For protocols and documentation; old relays of 6to4; for measuring.
        [0 | 224.., ..] | [192, 0, 0 | 2] | [192, 88, 99] | [198, 51, 100] | [203, 0, 113] | [198, 18..=19, _] => true,
        // Shared by the customers of a provider.
        [100, second, _] => (64..128).contains(&second),
        _ => false,
    };
    !is_other && !address.is_loopback() && !address.is_private() && !address.is_link_local()
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inside) = inside(address) {
        return is_public_v4(inside);
    }
    let [first, second, ..] = address.segments();
    let is_global = first & 0xe000 == 0x2000;
    // For documentation, and what is measured with.
    let is_other = (first, second) == (0x2001, 0xdb8) || first == 0x3fff || (first == 0x2001 && second < 0x200);
    is_global && !is_other
}

/// The address of IPv4 that one of IPv6 stands for.
fn inside(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let of = |high: u16, low: u16| {
        let ([one, two], [three, four]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(one, two, three, four)
    };
    let at_the_end = of(segments[6], segments[7]);
    match segments {
        // Mapped, translated, or the old compatible form (`::` and `::1` end up as 0.0.0.0 and 0.0.0.1, which are not public);
        // NAT64, the well-known prefix and the local one; ISATAP.
        [0, 0, 0, 0, 0, 0xffff | 0, ..]
        | [0, 0, 0, 0, 0xffff, 0, ..]
        | [0x64, 0xff9b, 0, 0, 0, 0, ..]
        | [0x64, 0xff9b, 1, ..]
        | [_, _, _, _, 0 | 0x200, 0x5efe, ..] => Some(at_the_end),
        // 6to4.
        [0x2002, high, low, ..] => Some(of(high, low)),
        // Teredo: the client stands in it turned over.
        [0x2001, 0, ..] => Some(of(!segments[6], !segments[7])),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_of_the_internet_is_known_in_every_spelling() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.0.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "192.88.99.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "::ffff:0:10.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::10.0.0.1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "2001:0:4136:e378:8000:63bf:80ff:fffe",
            "2001:db8::1",
            "3fff::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "2600::5efe:10.0.0.1",
            "2001:10::1",
        ] {
            assert!(!is_public(address.parse().expect(address)), "{address}");
        }
    }

    #[test]
    fn the_internet_is_public() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "145.21.160.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.167.1.1",
            "198.17.0.1",
            "223.255.255.255",
            "2a00:1450:400e::1",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
        ] {
            assert!(is_public(address.parse().expect(address)), "{address}");
        }
    }

    #[test]
    fn other_spellings_of_an_address_become_the_address() {
        for spelled in
            ["http://2130706433/", "http://0177.0.0.1/", "http://0x7f.1/", "http://127.1/", "http://[::7f00:1]/"]
        {
            let url = url::Url::parse(spelled).expect(spelled);
            let address = match url.host().expect("a host") {
                url::Host::Ipv4(address) => IpAddr::V4(address),
                url::Host::Ipv6(address) => IpAddr::V6(address),
                url::Host::Domain(name) => panic!("{name}"),
            };
            assert!(!is_public(address), "{spelled}");
        }
    }
}
