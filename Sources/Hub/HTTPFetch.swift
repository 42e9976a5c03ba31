import Dispatch
import Foundation
import Stages
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The beginning of an answer.
struct HTTPHead: Sendable {
  let status: Int
  private let headers: [String: String]
  /// The address that answered, after redirects.
  let url: String

  init(status: Int, headers: [String: String], url: String) {
    self.status = status
    self.headers = Dictionary(
      headers.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { $1 })
    self.url = url
  }

  /// The value of a header, whose name is in lower case.
  subscript(name: String) -> String? { headers[name] }

  /// What makes this content differ from others of the address; nil where the server does not say.
  var tag: String? {
    guard var tag = self["x-linked-etag"] ?? self["etag"] else { return nil }
    if tag.hasPrefix("W/") { tag.removeFirst(2) }
    return tag.filter { $0 != "\"" }
  }

  /// How many bytes the content has.
  var size: Int? { (self["x-linked-size"] ?? self["content-length"]).flatMap { Int($0) } }
}

/// A request that brought no answer.
struct FetchFault: Error, Sendable {
  let reason: String
}

/// Gets addresses over http and https; blocks the calling thread until the answer is whole.
struct HTTPFetch: Sendable {
  /// Seconds without a byte after which an address is given up.
  var timeout = 60.0
  private static let mostRedirects = 5

  /// Which redirects are followed.
  enum Redirects {
    case all
    /// Those to another path of the server, as of a data set with a new name, that say nothing of the
    /// content: what leads elsewhere describes it with the hub's own headers.
    case withinServer
  }

  /// Sends a request, following redirects; what must stay secret goes to the first server only.
  ///
  /// `receive` gets the content of an answer with a status of success, chunk by chunk.
  func send(
    _ method: String, _ address: String, headers: [String: String], secret: String?,
    follows: Redirects = .all,
    receive: @escaping @Sendable (HTTPHead, [UInt8]) throws -> Void = { _, _ in }
  ) throws -> HTTPHead {
    guard var url = URL(string: address) else { throw FetchFault(reason: "it is no address") }
    let origin = Origin(url)
    for _ in 0...Self.mostRedirects {
      var request = URLRequest(url: url, timeoutInterval: timeout)
      request.httpMethod = method
      for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
      // Compressed on the way, content has another length and other ranges.
      request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
      if let secret, Origin(url) == origin {
        request.setValue("Bearer \(secret)", forHTTPHeaderField: "Authorization")
      }
      let head = try Transfer(receive).run(request)
      guard (300..<400).contains(head.status), head.status != 304,
        let place = head["location"], let next = URL(string: place, relativeTo: url)?.absoluteURL
      else { return head }
      let isWithin = URL(string: place)?.host == nil && head["x-linked-etag"] == nil
      guard follows == .all || isWithin else { return head }
      guard next.scheme == "https" || next.scheme == url.scheme else {
        throw FetchFault(reason: "it leads from https to \(next.scheme ?? "nowhere")")
      }
      url = next
    }
    throw FetchFault(reason: "it leads from one address to the next without end")
  }
}

/// The server of an address; another port is another server.
private struct Origin: Equatable {
  let scheme: String?
  let host: String?
  let port: Int?

  init(_ url: URL) {
    scheme = url.scheme?.lowercased()
    host = url.host?.lowercased()
    port = url.port ?? (scheme == "https" ? 443 : 80)
  }
}

/// One request on its way.
///
/// The delegate's methods are called one after the other, by one queue.
private final class Transfer: NSObject, URLSessionDataDelegate, Sendable {
  private struct State {
    var head: HTTPHead?
    var fault: (any Error)?
  }

  private let state = Mutex(State())
  private let done = DispatchSemaphore(value: 0)
  private let receive: @Sendable (HTTPHead, [UInt8]) throws -> Void

  init(_ receive: @escaping @Sendable (HTTPHead, [UInt8]) throws -> Void) {
    self.receive = receive
  }

  func run(_ request: URLRequest) throws -> HTTPHead {
    let session = URLSession(
      configuration: .ephemeral, delegate: self, delegateQueue: nil)
    defer { session.finishTasksAndInvalidate() }
    session.dataTask(with: request).resume()
    done.wait()
    let (head, fault) = state.withLock { ($0.head, $0.fault) }
    if let fault { throw fault }
    guard let head else { throw FetchFault(reason: "there is no answer") }
    return head
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask,
    willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
    completionHandler: @escaping @Sendable (URLRequest?) -> Void
  ) { completionHandler(nil) }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
  ) {
    note(response)
    completionHandler(.allow)
  }

  private func note(_ response: URLResponse?) {
    guard let response = response as? HTTPURLResponse else { return }
    let headers = response.allHeaderFields.compactMap { key, value in
      (key as? String).map { ($0, "\(value)") }
    }
    let head = HTTPHead(
      status: response.statusCode,
      headers: Dictionary(headers, uniquingKeysWith: { $1 }),
      url: response.url?.absoluteString ?? "")
    state.withLock { $0.head = head }
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    guard let head = state.withLock({ $0.head }), (200..<300).contains(head.status),
      state.withLock({ $0.fault == nil })
    else { return }
    do {
      try Interruption.check()
      try receive(head, Array(data))
    } catch {
      state.withLock { $0.fault = error }
      dataTask.cancel()
    }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    // An answer without content may come without a call of its own.
    if state.withLock({ $0.head == nil }) { note(task.response) }
    if let error {
      state.withLock { state in
        state.fault = state.fault ?? FetchFault(reason: error.localizedDescription)
      }
    }
    done.signal()
  }
}
