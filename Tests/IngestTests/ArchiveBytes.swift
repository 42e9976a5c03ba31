/// Writes gzip without a library: stored blocks of deflate.
enum GzipBytes {
  /// One member that holds bytes, at most 65,535 of them.
  static func member(_ bytes: some Collection<UInt8>) -> [UInt8] {
    let count = bytes.count
    let low = UInt8(count & 255), high = UInt8(count >> 8)
    var sum: UInt32 = ~0
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    let tail = [~sum, UInt32(count)].flatMap { word in
      (0..<4).map { UInt8(word >> (8 * $0) & 255) }
    }
    var member: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, low, high, ~low, ~high]
    member += bytes
    return member + tail
  }

  /// A member for each so many bytes, which a reader gets one by one.
  static func members(_ bytes: [UInt8], of size: Int) -> [UInt8] {
    stride(from: 0, to: bytes.count, by: size).flatMap {
      member(bytes[$0..<min($0 + size, bytes.count)])
    }
  }
}

/// Writes members of tar archives, wrong ones too.
enum TarBytes {
  /// The members one after the other, and the blocks that end an archive.
  static func archive(_ members: [[UInt8]]) -> [UInt8] {
    Array(members.joined()) + [UInt8](repeating: 0, count: 1024)
  }

  static func member(_ name: String, _ text: String, kind: UInt8 = 0x30) -> [UInt8] {
    member(name, Array(text.utf8), kind: kind)
  }

  static func member(_ name: String, _ content: [UInt8], kind: UInt8 = 0x30) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: some Collection<UInt8>, at place: Int) {
      header.replaceSubrange(place..<place + text.count, with: text)
    }
    func octal(_ number: Int, _ digits: Int) -> [UInt8] {
      let text = String(number, radix: 8)
      return Array((String(repeating: "0", count: digits - text.utf8.count) + text).utf8)
    }
    put(Array(name.utf8.prefix(100)), at: 0)
    put(octal(content.count, 11), at: 124)
    header[156] = kind
    put(Array("ustar\u{0}00".utf8), at: 257)
    put(Array(repeating: 0x20, count: 8), at: 148)
    put(octal(header.reduce(0) { $0 + Int($1) }, 6) + [0, 0x20], at: 148)
    let padding = (512 - content.count % 512) % 512
    return header + content + [UInt8](repeating: 0, count: padding)
  }

  /// A pax header that gives the member behind it a path.
  static func path(_ path: String) -> [UInt8] {
    let rest = " path=\(path)\n"
    var length = rest.utf8.count
    while length != rest.utf8.count + "\(length)".utf8.count {
      length = rest.utf8.count + "\(length)".utf8.count
    }
    return member("pax", "\(length)\(rest)", kind: UInt8(ascii: "x"))
  }
}
