/// Character tables as the peers really use them, packed as text and unpacked on first use.
///
/// No platform's tables would do: Hugging Face's parts carry Unicode data of several versions, and ids
/// differ wherever a table does. `Scripts/tokenize_unicode_tables.py` asks the library itself.
enum UnicodeData {
  /// The numbers of one item such as `41:61+300`, split at any punctuation.
  private static func numbers(_ item: Substring.UTF8View) -> [UInt32] {
    var result: [UInt32] = []
    var value: UInt32 = 0
    for byte in item {
      switch byte {
      case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
      case 0x41...0x46: value = value << 4 | UInt32(byte - 0x41 + 10)
      default:
        result.append(value)
        value = 0
      }
    }
    result.append(value)
    return result
  }

  /// All items of a packed table, each as its numbers.
  static func items(_ packed: String) -> [[UInt32]] {
    packed.utf8.split { $0 == 0x20 || $0 == 0x0A }.map(numbers)
  }

  /// A packed mapping `distance:scalars` as pairs in ascending order of the source.
  static func mapping(_ packed: String) -> [(source: UInt32, scalars: ArraySlice<UInt32>)] {
    var source: UInt32 = 0
    return items(packed).map { numbers in
      source += numbers[0]
      return (source, numbers.dropFirst())
    }
  }
}
