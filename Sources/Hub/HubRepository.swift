import Records
package import Stages

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Files of a data set or a model of the hub, in the cache that huggingface_hub and all its tools share.
///
/// Layout: `datasets--OWNER--NAME/refs/REVISION` (`models--…`) names a commit, `snapshots/COMMIT/PATH` links to
/// `blobs/TAG`. What is there is not fetched again; a download that was broken off goes on where it
/// stopped; what came is checked against the hub's hash.
package struct HubRepository {
  private let address: HubAddress
  private let settings: HubSettings
  private let fetch = HTTPFetch()

  /// The endings of data, the best to have first.
  private static let dataEndings = [
    "parquet", "jsonl", "ndjson", "json", "csv", "tsv", "xml", "txt",
  ]

  /// What models of any library here are read from, weights apart.
  private static let modelStems = ["model", "adapter_model", "pytorch_model"]
  private static let modelEndings = ["json", "txt", "model", "jinja", "tiktoken"]

  /// Files of a data set or a model.
  package init(_ address: HubAddress, settings: HubSettings = HubSettings()) {
    self.address = address
    self.settings = settings
  }

  private var folder: String {
    settings.cache + "/\(address.kind.rawValue)--"
      + address.repository.split(separator: "/").joined(separator: "--")
  }

  private var isCommit: Bool {
    address.revision.utf8.count == 40
      && address.revision.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
      }
  }

  /// The files of the address in the order of their names, fetched where need be; for a look at the data
  /// the first alone.
  /// - Throws: `StageError` naming the data set and what to do.
  package func files() throws(StageError) -> [RemoteFile] {
    let listing = try listing()
    let wanted = try choose(listing.names)
    if !listing.isWhole, wanted != [address.path] {
      let names = wanted.prefix(8).joined(separator: ", ") + (wanted.count > 8 ? ", …" : "")
      Fetching.current.say(
        "\(shown): which files it has in all is not known here; the cache has \(names)")
    }
    var files: [RemoteFile] = []
    for name in Fetching.current.isSample ? wanted.prefix(1) : wanted[...] {
      files.append(
        RemoteFile(path: try file(name, listing.commit), name: "\(address.repository)/\(name)"))
    }
    return files
  }

  private var shown: String { "hf://\(prefix)\(address.repository)" }

  /// What stands before the names of data sets in addresses.
  private var prefix: String { address.kind == .datasets ? "datasets/" : "" }

  // MARK: - What there is

  /// The commit of the revision and the names of its files.
  private func listing() throws(StageError) -> HubListing {
    let known = cached()
    // A commit never changes: where its files are known there is nothing to ask for.
    if isCommit, let known, holdsAll(known) { return known }
    if settings.isOffline { return try offline(known) }
    do {
      let found = try ask()
      try listings.keep(found)
      if !isCommit {
        try AtomicFile.write(found.commit.utf8, to: "\(folder)/refs/\(address.revision)")
      }
      return found
    } catch let error as StageError { throw error } catch {
      // A part of the files must not pass for all of them.
      if let known, holdsAll(known) { return known }
      throw fault("unreachable", "\(settings.endpoint) gives no answer: \(reason(error))")
    }
  }

  /// Whether all that the address names is among the names of a listing.
  private func holdsAll(_ listing: HubListing) -> Bool {
    listing.isWhole || address.path.map(listing.names.contains) ?? false
  }

  /// What the cache has, where nothing may be fetched.
  private func offline(_ known: HubListing?) throws(StageError) -> HubListing {
    guard let known else {
      throw fault("not-cached", "it is not in the cache, and HF_HUB_OFFLINE is set")
    }
    guard known.isWhole || address.path != nil else {
      throw fault(
        "not-cached",
        "the cache has \(known.names.count) files of it, which may not be all, and HF_HUB_OFFLINE is set",
        "run once without HF_HUB_OFFLINE, or write \(shown)/** for what the cache has")
    }
    return known
  }

  private var listings: HubListings {
    HubListings(settings.downloads, repository: FilePaths.name(folder))
  }

  /// What is known of the revision on this machine.
  private func cached() -> HubListing? {
    let reference = try? FileReader.contents("\(folder)/refs/\(address.revision)")
    let commit =
      isCommit
      ? address.revision
      : reference.map { String(decoding: $0.filter { $0 > 0x20 }, as: UTF8.self) } ?? ""
    guard PlainName.isName(commit) else { return nil }
    if let listing = listings.listing(of: commit) { return listing }
    guard let names = try? Folders.files(below: "\(folder)/snapshots/\(commit)"), !names.isEmpty
    else { return nil }
    return HubListing(commit: commit, names: names, isWhole: false)
  }

  private func ask() throws -> HubListing {
    let url =
      "\(settings.endpoint)/api/\(address.kind.rawValue)/\(address.repository)/revision/"
      + Self.escaped(address.revision, keeping: "")
    let content = Collected()
    let head = try fetch.send("GET", url, headers: [:], secret: settings.token) {
      try content.append($1)
    }
    try check(head)
    let answer = try? JSONValue.parse(content.bytes)
    guard let commit = answer?["sha"]?.string, PlainName.isName(commit),
      let files = answer?["siblings"]?.array
    else { throw fault("bad-answer", "the hub's answer has no list of files") }
    let names = files.compactMap { $0["rfilename"]?.string }.filter(PlainName.isPath)
    return HubListing(commit: commit, names: names)
  }

  private func check(_ head: HTTPHead) throws(StageError) {
    switch head.status {
    case 200..<400: return
    case 401, 403:
      throw fault(
        "forbidden", "the hub refuses it (\(head.status)): it is private, gated, or not there",
        settings.token == nil
          ? "set HF_TOKEN to a token that may read it" : "see whether HF_TOKEN may read it")
    case 404:
      throw fault(
        "missing-file", "the hub has no such repository, revision or file", "check the name")
    default: throw fault("refused", "the hub answers with status \(head.status)", "try again later")
    }
  }

  /// The files that the address names.
  private func choose(_ names: [String]) throws(StageError) -> [String] {
    let chosen: [String]
    if let path = address.path {
      chosen = names.filter {
        $0 == path || PathPattern(path).matches($0) || $0.hasPrefix("\(path)/")
      }
    } else if address.kind == .models {
      chosen = Self.modelFiles(names)
    } else {
      let ending = Self.dataEndings.first { ending in
        names.contains { Self.isData($0, ending) }
      }
      chosen = names.filter { name in ending.map { Self.isData(name, $0) } ?? false }
    }
    guard !chosen.isEmpty else {
      if address.path == nil, address.kind == .models {
        throw fault(
          "missing-file", "it has no weights, in safetensors or pytorch_model.bin",
          "name a file: \(address.repository)/FILE; it has \(names.prefix(8).joined(separator: ", "))"
        )
      }
      let near = address.path.flatMap { Suggestion.nearest(to: $0, among: names) }
      throw fault(
        "missing-file", "it has no such file",
        near.map { "did you mean '\($0)'?" }
          ?? "it has \(names.prefix(8).joined(separator: ", "))")
    }
    return chosen.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Whether a file is data of an ending, packed or not; settings of tools are not.
  private static func isData(_ name: String, _ ending: String) -> Bool {
    let file = FilePaths.name(name)
    guard !name.hasPrefix("."), file != "dataset_infos.json", file != "dataset_info.json" else {
      return false
    }
    return ["", ".gz", ".zst"].contains { file.hasSuffix(".\(ending)\($0)") }
  }

  /// The weights, in safetensors where there are such, and the settings and vocabularies beside them; none without
  /// weights.
  private static func modelFiles(_ names: [String]) -> [String] {
    let top = names.filter { !$0.utf8.contains(0x2F) }
    let safe = top.filter { $0.hasSuffix(".safetensors") }
    let weights =
      safe.isEmpty
      ? top.filter { $0.hasSuffix(".bin") && modelStems.contains(where: $0.hasPrefix) } : safe
    // Some models have their weights twice, once in their makers' own layout.
    let usual = weights.filter { modelStems.contains(where: $0.hasPrefix) }
    guard !weights.isEmpty else { return [] }
    let others = names.filter { name in
      !name.hasPrefix(".") && modelEndings.contains { name.hasSuffix(".\($0)") }
    }
    return (usual.isEmpty ? weights : usual) + others
  }

  // MARK: - Fetching

  private func file(_ name: String, _ commit: String) throws(StageError) -> String {
    let snapshot = "\(folder)/snapshots/\(commit)/\(name)"
    if Folders.exists(snapshot) { return snapshot }
    guard !settings.isOffline else {
      throw fault("not-cached", "'\(name)' is not in the cache, and HF_HUB_OFFLINE is set")
    }
    do {
      try fetchFile(name, commit, snapshot)
      return snapshot
    } catch let error as StageError { throw error } catch {
      throw fault(
        "unreachable", "'\(name)' could not be fetched: \(reason(error))",
        "run again to go on where it stopped")
    }
  }

  private func fetchFile(_ name: String, _ commit: String, _ snapshot: String) throws {
    let url =
      "\(settings.endpoint)/\(prefix)\(address.repository)/resolve/\(commit)/"
      + Self.escaped(name, keeping: "/")
    // The first answer has the hash; where the content itself is, it only leads to.
    let head = try fetch.send(
      "HEAD", url, headers: [:], secret: settings.token, follows: .withinServer)
    try check(head)
    guard let tag = head.tag, PlainName.isName(tag) else {
      throw fault("bad-answer", "the hub does not say which version of '\(name)' it has")
    }
    let blob = "\(folder)/blobs/\(tag)"
    let lock = try FileLock("\(settings.cache)/.locks/\(FilePaths.name(folder))/\(tag).lock")
    defer { withExtendedLifetime(lock) {} }
    if !Folders.exists(blob) {
      // The length of an answer that leads elsewhere is its own.
      let size = head["x-linked-size"] != nil || head["location"] == nil ? head.size : nil
      try Download(fetch: fetch, secret: settings.token).run(url, to: blob, tag: tag, size: size)
    }
    try Folders.make(FilePaths.folder(snapshot))
    let depth = name.split(separator: "/").count + 1
    let target = String(repeating: "../", count: depth) + "blobs/\(tag)"
    guard symlink(target, snapshot) == 0 || errno == EEXIST else {
      throw FileError("create", snapshot)
    }
  }

  private static func escaped(_ text: String, keeping kept: String) -> String {
    let plain = Set(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~\(kept)".utf8)
    let digits = Array("0123456789ABCDEF".utf8)
    return String(
      decoding: text.utf8.flatMap { byte in
        plain.contains(byte)
          ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }, as: UTF8.self)
  }

  private func reason(_ error: any Error) -> String {
    (error as? FetchFault)?.reason ?? "\(error)"
  }

  private func fault(_ code: String, _ message: String, _ remedy: String? = nil) -> StageError {
    StageError(
      code, message, source: Source(file: shown, line: 0), remedy: remedy)
  }
}
