/// Sets by their keys: which share a key with another, in the order they came in.
///
/// A list a key, and an entry a key of a member: 16 and 12 bytes, and 8 to 16 for the slot of a key.
struct KeyIndex {
  /// A set that is in the index.
  struct Member {
    let item: Int32
    let size: Int32
  }

  /// A member under one of its keys.
  struct Entry {
    let member: Int32
    let rest: Int32
    /// The next of the list, -1 for none.
    fileprivate(set) var next: Int32
  }

  /// The members that have a key.
  struct List {
    fileprivate let key: UInt32
    fileprivate let head: Int32
    fileprivate var tail: Int32
    /// Whether they were of different groups when they came in.
    fileprivate(set) var isMixed: Bool
  }

  /// The list of each key by open addressing, -1 for none; a power of two of slots.
  private var slots: [Int32] = Array(repeating: -1, count: 1 << 10)
  private(set) var lists: [List] = []
  private(set) var entries: [Entry] = []
  private(set) var members: [Member] = []
  /// The most entries there may be: those that numbers of 32 bits tell apart.
  private let capacity: Int

  init(capacity: Int = Int(Int32.max)) {
    self.capacity = min(capacity, Int(Int32.max))
  }

  /// Whether a member with so many keys fits, beside so many entries of another index.
  func hasRoom(for keys: Int, beside others: Int) -> Bool {
    entries.count + others + keys <= capacity
  }

  /// What it takes in memory.
  var bytes: Int { slots.count * 4 + lists.count * 16 + entries.count * 12 + members.count * 8 }

  /// Adds a member with its keys; `isSameGroup` says whether two items are of one group.
  mutating func insert(
    _ member: Member, _ keys: [SetKey], isSameGroup: (Int32, Int32) -> Bool
  ) {
    let number = Int32(members.count)
    members.append(member)
    for key in keys {
      let entry = Int32(entries.count)
      entries.append(Entry(member: number, rest: key.rest, next: -1))
      let slot = slot(of: key.value)
      guard slots[slot] >= 0 else {
        slots[slot] = Int32(lists.count)
        lists.append(List(key: key.value, head: entry, tail: entry, isMixed: false))
        if lists.count * 2 > slots.count { grow() }
        continue
      }
      let list = Int(slots[slot])
      let first = members[Int(entries[Int(lists[list].head)].member)].item
      if !lists[list].isMixed { lists[list].isMixed = !isSameGroup(first, member.item) }
      entries[Int(lists[list].tail)].next = entry
      lists[list].tail = entry
    }
  }

  /// The slot of a key, or the empty one where it belongs.
  private func slot(of key: UInt32) -> Int {
    var slot = Int(key &* 0x9E37_79B1 >> 4) & (slots.count - 1)
    while slots[slot] >= 0, lists[Int(slots[slot])].key != key {
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: slots.count * 2)
    for list in lists.indices { slots[slot(of: lists[list].key)] = Int32(list) }
  }

  /// The first entry of a key's list, and the list; nil where no member has the key.
  func start(of key: UInt32) -> (list: Int32, entry: Int32)? {
    let list = slots[slot(of: key)]
    return list < 0 ? nil : (list, lists[Int(list)].head)
  }

  /// The item that came first in a list.
  func firstItem(of list: Int32) -> Int32 {
    members[Int(entries[Int(lists[Int(list)].head)].member)].item
  }
}

/// The entries under some keys in the order of their members: the lists merged by a heap.
struct KeyWalk {
  /// Where the walk stands in the list of one key.
  struct Cursor {
    let list: Int32
    /// What lies behind the key in the set that is looked for.
    let rest: Int32
    fileprivate(set) var entry: Int32
  }

  private var cursors: [Cursor] = []
  /// Members and cursors, the least first.
  private var heap: [UInt64] = []

  init(_ keys: [SetKey], in index: KeyIndex) {
    for key in keys {
      guard let (list, entry) = index.start(of: key.value) else { continue }
      heap.append(Self.mark(index.entries[Int(entry)].member, cursors.count))
      cursors.append(Cursor(list: list, rest: key.rest, entry: entry))
    }
    for place in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(place) }
  }

  private static func mark(_ member: Int32, _ cursor: Int) -> UInt64 {
    UInt64(UInt32(bitPattern: member)) << 32 | UInt64(cursor)
  }

  /// Where the next entry is; nil behind the last.
  var current: Cursor? { heap.first.map { cursors[Int($0 & 0xFFFF_FFFF)] } }

  /// Goes on to the next entry; of the same list to one that is wanted.
  mutating func advance(
    in index: KeyIndex, where isWanted: (Cursor, KeyIndex.Entry) -> Bool
  ) {
    let cursor = Int(heap[0] & 0xFFFF_FFFF)
    var next = index.entries[Int(cursors[cursor].entry)].next
    while next >= 0, !isWanted(cursors[cursor], index.entries[Int(next)]) {
      next = index.entries[Int(next)].next
    }
    guard next >= 0 else { return skipList() }
    cursors[cursor].entry = next
    heap[0] = Self.mark(index.entries[Int(next)].member, cursor)
    sink(0)
  }

  /// Leaves the list that the next entry is of.
  mutating func skipList() {
    let last = heap.removeLast()
    guard !heap.isEmpty else { return }
    heap[0] = last
    sink(0)
  }

  private mutating func sink(_ start: Int) {
    var place = start
    while true {
      var least = 2 * place + 1
      guard least < heap.count else { return }
      if least + 1 < heap.count, heap[least + 1] < heap[least] { least += 1 }
      guard heap[least] < heap[place] else { return }
      heap.swapAt(least, place)
      place = least
    }
  }
}
