import Records
import Stages
import TextKit

/// What a page is in.
package enum HTMLEncoding {
  /// The bytes as UTF-8: as they are, or from the encoding that the page declares.
  static func utf8(_ bytes: [UInt8], at source: Source) throws(StageError) -> [UInt8] {
    if UTF8Check.isValid(bytes) { return bytes }
    guard let name = declared(bytes), let decoder = TextDecoder(name),
      let text = try? decoder.decode(bytes, atEnd: true)
    else { throw UTF8Check.fault(in: bytes, at: source) }
    return text
  }

  /// The encoding that a `meta` element near the beginning declares; nil where ICU has none of it.
  package static func declared(_ bytes: [UInt8]) -> String? {
    var tokenizer = HTMLTokenizer(
      Array(bytes.prefix(searched)), sink: DeclarationSink(), switches: false)
    tokenizer.run()
    return tokenizer.sink.encoding
  }

  /// Browsers look at 1,024 bytes and begin anew for later ones; this is far enough for those too.
  private static let searched = 1 << 14

  /// What browsers take some names for: pages say Latin-1 and use quotes that it has not.
  private static let meant = [
    "iso-8859-1": "windows-1252", "iso8859-1": "windows-1252", "latin1": "windows-1252",
    "latin-1": "windows-1252", "us-ascii": "windows-1252", "ascii": "windows-1252",
    "iso-8859-9": "windows-1254", "gb2312": "gb18030", "gbk": "gb18030",
    "ks_c_5601-1987": "windows-949", "euc-kr": "windows-949", "shift_jis": "windows-31j",
    "tis-620": "windows-874", "utf-16": "utf-8", "utf-16le": "utf-8", "utf-16be": "utf-8",
  ]

  /// The encoding of a name in a page; nil where there is none.
  static func meant(by name: String) -> String? {
    let name = XMLElement.trimmed(name).lowercased()
    // ICU passes over what is neither letter nor digit; a name with quotes in it is none.
    let isName = name.utf8.allSatisfy { $0.isASCIIAlphanumeric || "-_:.+()".utf8.contains($0) }
    guard isName, !name.isEmpty else { return nil }
    let meant = meant[name] ?? name
    return TextEncoding.isKnown(meant) ? meant : nil
  }
}

/// Looks for `<meta charset=…>` and `<meta http-equiv="Content-Type" content="…; charset=…">`.
private struct DeclarationSink: HTMLTokenSink {
  var encoding: String?

  mutating func startTag(_ tag: HTMLTag) {
    guard encoding == nil, tag.name.elementsEqual("meta".utf8) else { return }
    let values = Dictionary(
      tag.attributes.map {
        (String(decoding: $0.name, as: UTF8.self), String(decoding: $0.value, as: UTF8.self))
      }, uniquingKeysWith: { first, _ in first })
    if let name = values["charset"] {
      encoding = HTMLEncoding.meant(by: name)
    } else if values["http-equiv"]?.lowercased() == "content-type", let content = values["content"]
    {
      encoding = Self.charset(in: content).flatMap { HTMLEncoding.meant(by: $0) }
    }
  }

  /// The name behind `charset=` in a media type.
  private static func charset(in content: String) -> String? {
    let lowered = content.lowercased()
    guard let key = lowered.firstRange(of: "charset") else { return nil }
    let rest = lowered[key.upperBound...].drop { $0.isWhitespace }
    guard rest.first == "=" else { return nil }
    let value = rest.dropFirst().drop { $0.isWhitespace }
    guard let quote = value.first, quote == "\"" || quote == "'" else {
      return String(value.prefix { !$0.isWhitespace && $0 != ";" })
    }
    let inner = value.dropFirst()
    return inner.firstIndex(of: quote).map { String(inner[..<$0]) }
  }

  mutating func text(_ bytes: ArraySlice<UInt8>) {}
  mutating func endTag(_ name: [UInt8]) {}
  mutating func comment(_ bytes: ArraySlice<UInt8>) {}
  mutating func documentType() {}
}
