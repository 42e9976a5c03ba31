import Records
package import Stages

/// A file of an http or https address, kept in a cache and asked for again only where it changed.
package struct WebFile {
  private let address: String
  private let settings: HubSettings
  private let fetch = HTTPFetch()
  private static let note = "source.json"

  /// A file of an address.
  /// - Throws: `StageError` where the address holds a password.
  package init(_ address: String, settings: HubSettings = HubSettings()) throws(StageError) {
    self.address = address
    self.settings = settings
    guard !server.utf8.contains(UInt8(ascii: "@")) else {
      throw fault(
        "address-with-password",
        "user names and passwords of addresses would stand in the run's files",
        "leave out what stands before '@', or fetch the file by hand")
    }
  }

  /// The address without its scheme, query and fragment.
  private var place: Substring {
    let rest = address.utf8.firstRange(of: "://".utf8).map { address[$0.upperBound...] }
    return (rest ?? address[...]).utf8Prefix {
      $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#")
    }
  }

  private var server: Substring { place.utf8Prefix { $0 != UInt8(ascii: "/") } }

  /// The last part of the address, which says the format.
  private var fileName: String {
    let path = place.utf8.dropFirst(server.utf8.count)
    let start = path.lastIndex(of: UInt8(ascii: "/")).map { path.index(after: $0) }
    let name = String(Substring(path[(start ?? path.startIndex)...]))
    let isOwn = name == Self.note || name.hasPrefix(".") || name.hasSuffix(".incomplete")
    return !PlainName.isName(name) || isOwn ? "download" : name
  }

  /// The server and the path: what the file is called where it came from.
  private var name: String {
    let folder = place.utf8.lastIndex(of: UInt8(ascii: "/")).map { place[..<$0] } ?? place
    return "\(folder)/\(fileName)"
  }

  private var folder: String { "\(settings.downloads)/\(ContentHash.of(address).prefix(32))" }

  /// The file, fetched where need be.
  /// - Throws: `StageError` naming the address and what to do.
  package func file() throws(StageError) -> RemoteFile {
    let file = RemoteFile(path: "\(folder)/\(fileName)", name: name)
    let isThere = Folders.exists(file.path)
    guard !settings.isOffline else {
      guard isThere else { throw fault("it is not in the cache, and HF_HUB_OFFLINE is set") }
      return file
    }
    do {
      let lock = try FileLock("\(folder)/.lock")
      defer { withExtendedLifetime(lock) {} }
      let head: HTTPHead
      do { head = try fetch.send("HEAD", address, headers: [:], secret: nil) } catch let error
        as FetchFault where isThere
      {
        // What was fetched before is better than nothing.
        Fetching.current.say(
          "\(address.withoutAddressSecrets): \(error.reason); what an earlier run fetched is read")
        return file
      }
      try refresh(file.path, isThere, head)
      return file
    } catch let error as StageError { throw error } catch {
      throw fault("it could not be fetched: \((error as? FetchFault)?.reason ?? "\(error)")")
    }
  }

  private func refresh(_ path: String, _ isThere: Bool, _ head: HTTPHead) throws {
    let status = head.status
    // Some servers answer no HEAD; they are asked for the content at once.
    let knowsHead = (200..<300).contains(status)
    guard knowsHead || [403, 405, 501].contains(status) else {
      throw fault("the server answers with status \(status)")
    }
    let version = knowsHead ? head.tag ?? head["last-modified"] : nil
    let old = (try? FileReader.contents("\(folder)/\(Self.note)")).flatMap {
      try? JSONValue.parse($0)
    }
    if isThere, let version, old?["version"]?.string == version { return }
    // Parts of another version are no beginning of this one.
    if version == nil || old?["coming"]?.string != version {
      try Folders.remove("\(path).incomplete")
    }
    try write("coming", version)
    try Download(fetch: fetch, secret: nil).run(
      address, to: path, tag: "", size: knowsHead ? head.size : nil)
    try write("version", version)
  }

  /// Notes a version; the address, which may hold secrets, is not needed.
  private func write(_ key: String, _ version: String?) throws {
    let note: JSONValue = [key: version.map { .string($0) } ?? .null]
    try AtomicFile.write(note.prettyText.utf8, to: "\(folder)/\(Self.note)")
  }

  private func fault(_ message: String) -> StageError {
    fault("unreachable", message, "check the address, or fetch the file by hand")
  }

  private func fault(_ code: String, _ message: String, _ remedy: String) -> StageError {
    StageError(
      code, message, source: Source(file: address.withoutAddressSecrets, line: 0), remedy: remedy)
  }
}

extension Substring {
  /// What stands before the first byte of another kind: a mark behind a delimiter makes one character of
  /// both, and would hide it.
  fileprivate func utf8Prefix(while belongs: (UInt8) -> Bool) -> Substring {
    Substring(utf8.prefix(while: belongs))
  }
}
