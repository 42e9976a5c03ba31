/// Names that come from elsewhere and become names of files here.
enum PlainName {
  /// Whether a text is the name of a file in a folder, and leads to no other folder.
  static func isName(_ text: String) -> Bool { isName(text.utf8[...]) }

  /// Whether a text is a path below a folder, and leads to nowhere above it.
  ///
  /// The bytes are looked at, as the system does: a mark behind a slash makes one character of both.
  static func isPath(_ text: String) -> Bool {
    text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .allSatisfy(isName)
  }

  private static func isName(_ bytes: Substring.UTF8View) -> Bool {
    !bytes.isEmpty && bytes.count <= 255 && !bytes.elementsEqual(".".utf8)
      && !bytes.elementsEqual("..".utf8)
      && !bytes.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
  }
}
