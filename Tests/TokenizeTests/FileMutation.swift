import Records

/// Files that nobody would save.
enum FileMutation {
  /// The file with some of its bytes changed, lost, doubled, or cut off.
  static func changedBytes(_ file: [UInt8], _ random: inout CounterRandom) -> [UInt8] {
    var bytes = file
    for _ in 0..<1 + random.below(6) where !bytes.isEmpty {
      let place = random.below(bytes.count)
      let end = min(bytes.count, place + 1 + random.below(12))
      switch random.below(5) {
      case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
      case 1: bytes.removeSubrange(place..<end)
      case 2: bytes.insert(contentsOf: bytes[place..<end], at: random.below(bytes.count))
      case 3: bytes.insert(contentsOf: HostileText.bytes(&random, 3), at: place)
      default: if random.below(4) == 0 { bytes.removeSubrange(place...) }
      }
    }
    return bytes
  }

  private static let values: [JSONValue] = [
    .null, true, 0, -1, 1, 1_000_000_000_000, 2_147_483_647, 16_777_215, .real(1e308), .real(-0.5),
    "", "a",
    "\u{0}", "##", "▁", "(", "(a*)*b", #"\p{L}+"#, "[^", [], ["a"], ["a", "b", "c"], [["a", 1]],
    .object(JSONObject()),
    ["type": "ByteLevel"], ["type": "Sequence"], ["type": "NFC"], ["String": ""], ["Regex": "x*"],
  ]

  /// The file with one value somewhere replaced, dropped or put in another's place.
  static func changed(_ value: JSONValue, _ random: inout CounterRandom) -> JSONValue {
    if random.below(4) == 0 { return values[random.below(values.count)] }
    if let array = value.array, !array.isEmpty {
      var array = array
      let place = random.below(array.count)
      switch random.below(6) {
      case 0: array.remove(at: place)
      case 1: array.append(array[place])
      default: array[place] = changed(array[place], &random)
      }
      return .array(array)
    }
    guard let object = value.object, !object.members.isEmpty else {
      return values[random.below(values.count)]
    }
    var members = object.members.map { ($0.key, $0.value) }
    let place = random.below(members.count)
    switch random.below(8) {
    case 0: members.remove(at: place)
    case 1: members[place].0 = ["", "a", "##a", "type", "\u{0}", "ab"][random.below(6)]
    default: members[place].1 = changed(members[place].1, &random)
    }
    return .object(JSONObject(members))
  }
}
