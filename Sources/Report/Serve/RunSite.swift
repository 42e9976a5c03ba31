import Foundation
import Synchronization

/// The pages of a folder of runs: a list, each run's page, and curves of one under way.
final class RunSite: Sendable {
  private let shelf: RunShelf
  /// Pages made so far, with the times of the files that they tell of.
  private let pages = Mutex<[String: (stamps: [Date], html: String)]>([:])
  private static let mostPages = 32
  /// What lists have shown of runs, by name: most of them change no more.
  private let glances = Mutex<[String: RunGlance]>([:])

  init(shelf: RunShelf) { self.shelf = shelf }

  func answer(_ request: HTTPRequest) -> HTTPResponse {
    guard let parts = request.parts else { return .failure(400, "this address names no page") }
    switch (parts.first, parts.count) {
    case (nil, _): return .page(listPage(shelf.name, list()))
    case ("list", 1): return .page(list().markup)
    case ("live.js", 1):
      return HTTPResponse(type: "text/javascript; charset=utf-8", body: liveScript)
    case ("run", 2...): return page(parts.dropFirst().joined(separator: "/"))
    case ("now", 2...): return now(parts.dropFirst().joined(separator: "/"))
    default: return .failure(404, "there is no such page; the list of runs is at /")
    }
  }

  /// The runs in a table, with what of the shelf it does not show.
  private func list() -> Node {
    let listing = shelf.listing
    return runList(
      listing.entries.map { glance($0) }, hidden: listing.hidden, isCut: listing.isCut)
  }

  /// A run as it stands; only one that has changed is read again.
  private func glance(_ entry: RunShelf.Entry) -> RunGlance {
    if var known = glances.withLock({ $0[entry.name] }), known.stamps == entry.stamps {
      known.askLock(of: entry.folder)
      return known
    }
    let glance = RunGlance(entry)
    glances.withLock { glances in
      if glances.count >= 2 * RunShelf.most { glances.removeAll() }
      glances[entry.name] = glance
    }
    return glance
  }

  private func page(_ name: String) -> HTTPResponse {
    guard let entry = shelf[name] else { return Self.noRun(name) }
    let glance = glance(entry)
    guard !glance.isUnderWay else { return live(entry, glance) }
    let known = pages.withLock { $0[name] }
    if let known, known.stamps == entry.stamps { return .page(known.html) }
    guard let html = try? RunReport.html(ofRunAt: entry.folder.path) else {
      return live(entry, glance)
    }
    pages.withLock { pages in
      if pages.count >= Self.mostPages { pages.removeAll() }
      pages[name] = (entry.stamps, html)
    }
    return .page(html)
  }

  private func live(_ entry: RunShelf.Entry, _ glance: RunGlance) -> HTTPResponse {
    .page(livePage(glance, entry.folder.history))
  }

  /// What has come of a run so far, as a piece of a page.
  private func now(_ name: String) -> HTTPResponse {
    guard let entry = shelf[name] else { return Self.noRun(name) }
    return .page(liveBody(glance(entry), entry.folder.history).markup)
  }

  private static func noRun(_ name: String) -> HTTPResponse {
    .failure(404, "there is no run '\(Format.excerpt(name, limit: 80))'; the list is at /")
  }
}

/// Serves a folder of runs to browsers of this machine.
public struct ReportServer: Sendable {
  private let server: HTTPServer
  /// Where the list of runs is.
  public let address: String

  /// A server of the runs below a folder, or of the one run that it is.
  ///
  /// - Parameters:
  ///   - host: the address to listen on; 127.0.0.1 is this machine alone.
  ///   - port: the port; 0 picks a free one.
  /// - Throws: ``ReportError`` where there is no folder, ``ServeError`` where nothing can listen.
  public init(folder: String, host: String = "127.0.0.1", port: Int) throws {
    let site = RunSite(shelf: try RunShelf(path: folder))
    server = try HTTPServer(address: host, port: port) { site.answer($0) }
    address = "http://\(host):\(server.port)/"
  }

  /// Answers until ``stop()`` is called or the process ends.
  public func run() { server.run() }

  /// Ends ``run()``.
  public func stop() { server.stop() }
}
