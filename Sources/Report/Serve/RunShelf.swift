import Foundation
import Glibc
import Stages

/// The runs below a folder, or the one run that a folder is.
struct RunShelf {
  /// One run.
  struct Entry {
    /// How addresses name it: the path below the shelf.
    let name: String
    let folder: RunFolder
    /// When each of the files that a page is made of was last written.
    let stamps: [Date]

    /// When one of them was.
    var changed: Date { stamps.max() ?? .distantPast }
  }

  /// What a look through the shelf found.
  struct Listing {
    /// The runs that are shown, the last changed first.
    fileprivate(set) var entries: [Entry] = []
    /// How many older ones there are.
    fileprivate(set) var hidden = 0
    /// Whether there was more to look through than a list that renews itself has time for.
    fileprivate(set) var isCut = false
  }

  /// Its path, without links.
  private let root: String
  /// Folders are looked for so deep: `runs/medical/seed-1`.
  private static let depth = 3
  /// So many runs are shown.
  static let most = 500
  /// So many names are looked at, those near the shelf first.
  private static let mostNames = 20_000

  /// - Throws: ``ReportError`` when there is no folder at the path.
  init(path: String) throws(ReportError) {
    root = try RunFolder(path: path).url.resolvingSymlinksInPath().path
  }

  /// Whether the folder is a run itself.
  var isRun: Bool { Self.isRun(root) }

  /// The shelf's name.
  var name: String { FilePaths.name(root) }

  /// The runs.
  var listing: Listing {
    var listing = Listing()
    listing.entries = isRun ? [entry(root, name)].compactMap { $0 } : collect(&listing.isCut)
    listing.entries.sort { ($1.changed, $0.name) < ($0.changed, $1.name) }
    listing.hidden = max(0, listing.entries.count - Self.most)
    listing.entries.removeLast(listing.hidden)
    return listing
  }

  /// The run of a name; no name leads out of the folder.
  subscript(name: String) -> Entry? {
    if isRun { return name == self.name ? entry(root, name) : nil }
    let parts = name.split(separator: "/").map(String.init)
    guard parts.count <= Self.depth else { return nil }
    var place = root
    for (index, part) in parts.enumerated() {
      // Within a run are no further ones.
      guard let next = folder(part, in: place), Self.isRun(next) == (index == parts.count - 1)
      else { return nil }
      place = next
    }
    return parts.isEmpty ? nil : entry(place, parts.joined(separator: "/"))
  }

  /// All runs, level by level.
  private func collect(_ isCut: inout Bool) -> [Entry] {
    var found: [Entry] = []
    var names = 0
    var level = [(place: root, prefix: "")]
    for _ in 0..<Self.depth {
      var next: [(place: String, prefix: String)] = []
      for (place, prefix) in level {
        for name in (try? Folders.list(place)) ?? [] {
          names += 1
          guard names <= Self.mostNames else {
            isCut = true
            return found
          }
          guard let folder = folder(name, in: place) else { continue }
          if !Self.isRun(folder) {
            next.append((folder, "\(prefix)\(name)/"))
          } else if let entry = entry(folder, prefix + name) {
            found.append(entry)
          }
        }
      }
      level = next
    }
    return found
  }

  /// The path of a folder; nil where it is hidden, or a link that leads out of the shelf.
  private func folder(_ name: String, in place: String) -> String? {
    guard !name.hasPrefix("."), Folders.isFolder("\(place)/\(name)"),
      let real = realpath("\(place)/\(name)", nil)
    else { return nil }
    defer { free(real) }
    let path = String(cString: real)
    return path.hasPrefix(root + "/") ? path : nil
  }

  private func entry(_ place: String, _ name: String) -> Entry? {
    guard let folder = try? RunFolder(path: place) else { return nil }
    return Entry(name: name, folder: folder, stamps: folder.stamps)
  }

  /// A folder is a run's from its first moment on: the cache is there before any other file.
  private static func isRun(_ place: String) -> Bool {
    (Run.marks + ["cache/stages.json", "cache/.lock"]).contains { Folders.exists("\(place)/\($0)") }
  }
}

extension RunFolder {
  /// When each of the files that a page is made of was last written.
  var stamps: [Date] { (Run.marks + ["report.html", "cache"]).map { written($0) } }

  /// When a file was last written; the distant past where there is none.
  func written(_ file: String) -> Date {
    var status = stat()
    guard stat("\(path)/\(file)", &status) == 0 else { return .distantPast }
    let moment = status.st_mtim
    return Date(timeIntervalSince1970: Double(moment.tv_sec) + Double(moment.tv_nsec) / 1e9)
  }
}
