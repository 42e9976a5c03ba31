extension String {
  /// The text with `…` for what may be secret in the addresses it holds: who asks, and what for.
  ///
  /// In `https://user:password@host/a.csv?token=x` these are the user and the query's values.
  package var withoutAddressSecrets: String {
    let bytes = Array(utf8)
    let mark = Array("://".utf8)
    guard bytes.firstRange(of: mark) != nil else { return self }
    var shown: [UInt8] = []
    var rest = bytes[...]
    while let range = rest.firstRange(of: mark) {
      shown += rest[..<range.upperBound]
      let end = rest[range.upperBound...].firstIndex(where: AddressText.ends) ?? rest.endIndex
      // In patterns of the hub a question mark stands for any character.
      let hasQuery = !shown.dropLast(mark.count).suffix(2).elementsEqual("hf".utf8)
      shown += AddressText.shown(rest[range.upperBound..<end], hasQuery: hasQuery)
      rest = rest[end...]
    }
    return String(decoding: shown + rest, as: UTF8.self)
  }
}

/// The part of an address behind its scheme, as bytes.
private enum AddressText {
  private static let hidden = Array("…".utf8)

  static func ends(_ byte: UInt8) -> Bool {
    byte <= 0x20 || [UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">")].contains(byte)
  }

  static func shown(_ address: ArraySlice<UInt8>, hasQuery: Bool) -> [UInt8] {
    // Brackets and commas of the text around it are none of the address.
    let around = Array("]},;.)'".utf8)
    let end = address.lastIndex { !around.contains($0) }.map { $0 + 1 } ?? address.startIndex
    let owner = address[..<end].prefix { !Array("/?#".utf8).contains($0) }
    var shown: [UInt8] = []
    var rest = address[..<end]
    if let at = owner.lastIndex(of: UInt8(ascii: "@")) {
      shown = hidden
      rest = rest[at...]
    }
    guard hasQuery, let mark = rest.firstIndex(where: { Array("?#".utf8).contains($0) }) else {
      return shown + rest + address[end...]
    }
    return shown + rest[...mark] + values(rest[(mark + 1)...]) + address[end...]
  }

  /// A query with its names alone.
  private static func values(_ query: ArraySlice<UInt8>) -> [UInt8] {
    let pairs = query.split(separator: UInt8(ascii: "&")).map { pair in
      pair.firstIndex(of: UInt8(ascii: "=")).map { pair[...$0] + hidden } ?? hidden[...]
    }
    return Array(pairs.joined(separator: [UInt8(ascii: "&")]))
  }
}
