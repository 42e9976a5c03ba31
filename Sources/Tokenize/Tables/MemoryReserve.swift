import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Memory that tables have given back and others take over.
///
/// The system fills every new page with zeros, which takes longer than all that is then done with most of them.
/// Tables that come and go, as they grow or as one step follows another, hand their pages on instead. What is left
/// goes back to the system with the reserve, which every table that came from it keeps alive.
final class MemoryReserve: Sendable {
  /// Memory in whole large pages.
  ///
  /// Sending it is safe: whoever took a piece is the only one who has it, until it is given back.
  struct Piece: @unchecked Sendable {
    fileprivate(set) var start: UnsafeMutableRawPointer
    fileprivate(set) var count: Int
    /// Whether nobody has had it, so that all of it is zero.
    fileprivate(set) var isNew: Bool

    fileprivate var end: UnsafeMutableRawPointer { start + count }
  }

  /// What nobody has, by address; neighbours that are both new or both used are one piece.
  private let pieces = Mutex<[Piece]>([])

  static var page: Int { 1 << 21 }
  /// How much room is taken at once: so much that pieces lie side by side and become large ones again.
  ///
  /// Room costs nothing before it is written to.
  private static let room = 1 << 32

  /// At least so many bytes, or nil where the system has no more.
  ///
  /// - Parameter zeros: Whether it matters that all of them are zero: what was used is not joined with what is new then.
  func take(_ bytes: Int, zeros: Bool) -> Piece? {
    let count = (bytes + Self.page - 1) & ~(Self.page - 1)
    return pieces.withLock { pieces in
      if let piece = Self.take(count, zeros, of: &pieces) { return piece }
      guard let more = Self.map(max(count, Self.room)) ?? Self.map(count) else { return nil }
      Self.add(more, to: &pieces)
      return Self.take(count, zeros, of: &pieces)
    }
  }

  /// The beginning of the smallest piece that is large enough, of one that was used if there is any.
  private static func take(_ count: Int, _ zeros: Bool, of pieces: inout [Piece]) -> Piece? {
    let fitting = pieces.indices.filter { pieces[$0].count >= count }
    let best = fitting.min {
      (pieces[$0].isNew ? 1 : 0, pieces[$0].count) < (pieces[$1].isNew ? 1 : 0, pieces[$1].count)
    }
    guard let best else { return nil }
    // What was used before new room costs nothing, so that only the rest of that room has to be filled.
    if !zeros, best > 0, pieces[best].isNew, pieces[best - 1].end == pieces[best].start {
      let more = count - pieces[best - 1].count
      pieces[best].start += more
      pieces[best].count -= more
      if pieces[best].count == 0 { pieces.remove(at: best) }
      return Piece(start: pieces.remove(at: best - 1).start, count: count, isNew: false)
    }
    var piece = pieces[best]
    piece.count = count
    pieces[best].start += count
    pieces[best].count -= count
    if pieces[best].count == 0 { pieces.remove(at: best) }
    return piece
  }

  /// Takes a piece back.
  func give(_ piece: Piece) {
    var piece = piece
    piece.isNew = false
    pieces.withLock { Self.add(piece, to: &$0) }
  }

  private static func add(_ piece: Piece, to pieces: inout [Piece]) {
    let place = pieces.firstIndex { $0.start > piece.start } ?? pieces.count
    pieces.insert(piece, at: place)
    joinNext(place, of: &pieces)
    if place > 0 { joinNext(place - 1, of: &pieces) }
  }

  /// Makes one piece of two that follow each other without a gap.
  private static func joinNext(_ place: Int, of pieces: inout [Piece]) {
    guard place + 1 < pieces.count, pieces[place].end == pieces[place + 1].start,
      pieces[place].isNew == pieces[place + 1].isNew
    else { return }
    pieces[place].count += pieces[place + 1].count
    pieces.remove(at: place + 1)
  }

  /// Takes room from the system that begins with a large page; what that leaves on both sides goes back at once.
  private static func map(_ count: Int) -> Piece? {
    let room = count + page
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    let start = mmap(nil, room, PROT_READ | PROT_WRITE, flags, -1, 0)
    guard let start, start != MAP_FAILED else { return nil }
    let aligned = start.alignedUp(toMultipleOf: page)
    let before = aligned - start
    if before > 0 { munmap(start, before) }
    if page - before > 0 { munmap(aligned + count, page - before) }
    LargePages.advise(aligned, count)
    return Piece(start: aligned, count: count, isNew: true)
  }

  /// Gives what nobody has back to the system.
  func release() {
    pieces.withLock { pieces in
      for piece in pieces { munmap(piece.start, piece.count) }
      pieces = []
    }
  }

  deinit { release() }
}

/// Pages of two megabytes, of which the processor finds more at once.
enum LargePages {
  /// Asks for them; a refusal costs speed and nothing else.
  static func advise(_ start: UnsafeMutableRawPointer, _ bytes: Int) {
    #if os(Linux)
      if bytes >= MemoryReserve.page { _ = madvise(start, bytes, Int32(MADV_HUGEPAGE)) }
    #endif
  }
}
