import Records

/// The tokens of a model and their ids, which may have holes.
struct Vocabulary: Sendable {
  private var tokens: ByteStringTable
  /// The id of each token in the order of the table.
  private var ids: [Int32] = []
  /// The place in the table of each id, or -1.
  private var places: [Int32] = []
  /// Tokens that were listed before.
  private var twins = 0

  init(capacity: Int) {
    tokens = ByteStringTable(capacity: capacity)
    ids.reserveCapacity(capacity)
    places.reserveCapacity(capacity)
  }

  /// Reads an object of ids by token.
  init(from reader: ComponentReader) throws(TokenizerError) {
    guard let members = reader.value.object?.members else { throw reader.expected("an object") }
    self.init(capacity: members.count)
    for member in members {
      // Ids beyond this would need gigabytes for the table that leads from ids to tokens.
      guard let id = member.value.int, id >= 0, id < 1 << 24 else {
        throw reader.malformed("the id of \(member.key.debugDescription) is no number below 2^24")
      }
      guard insert(Array(member.key.utf8), id: Int32(id)) else {
        throw reader.malformed("two tokens share the id \(id)")
      }
    }
  }

  /// The number of tokens.
  var count: Int { ids.count }

  /// The number of tokens as the file lists them, twins counted: ids of added tokens follow it.
  var size: Int { ids.count + twins }

  /// The largest id and one, or 0.
  var idLimit: Int { places.count }

  /// Adds a token; false where the token or the id is there already.
  mutating func insert(_ token: [UInt8], id: Int32) -> Bool {
    while places.count <= Int(id) { places.append(-1) }
    let (place, isNew) = tokens.insert(token)
    guard isNew, places[Int(id)] < 0 else { return false }
    ids.append(id)
    places[Int(id)] = Int32(place)
    return true
  }

  /// Adds a token under the next id; of equal tokens the last one's id counts.
  mutating func append(_ token: [UInt8]) {
    let id = Int32(places.count)
    let (place, isNew) = tokens.insert(token)
    if isNew {
      ids.append(id)
    } else {
      ids[place] = id
      twins += 1
    }
    places.append(Int32(place))
  }

  /// The id of a token, or nil.
  func id(of token: [UInt8]) -> Int32? { tokens.index(of: token).map { ids[$0] } }

  /// The id of the token that part of a text is, or nil.
  @inline(__always)
  func id(of range: ByteRange, in text: borrowing Span<UInt8>) -> Int32? {
    tokens.index(of: text, range).map { ids[$0] }
  }

  /// The bytes of a token, or nil.
  func token(of id: Int32) -> ArraySlice<UInt8>? {
    guard places.indices.contains(Int(id)), places[Int(id)] >= 0 else { return nil }
    return tokens[Int(places[Int(id)])]
  }

  /// All ids that have a token, in ascending order.
  var sortedIds: [Int32] { places.indices.lazy.filter { places[$0] >= 0 }.map(Int32.init) }
}
