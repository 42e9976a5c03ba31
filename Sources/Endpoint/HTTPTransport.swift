import Dispatch
import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// What came back from a request.
struct HTTPAnswer: Sendable {
  let status: Int
  let body: [UInt8]
  /// What the endpoint says of how fast it may be asked.
  let rates: RateHeaders
}

/// A request that brought no answer.
struct TransportFault: Error, Sendable {
  let reason: String
}

/// Posts JSON to one address and waits for the answer.
struct HTTPTransport: Sendable {
  private let url: URL
  private let timeout: Double
  private let session: URLSession

  /// A transport to an http or https address; nil where it is none.
  init?(url: String, timeout: Double) {
    guard let parsed = URL(string: url), ["http", "https"].contains(parsed.scheme),
      parsed.host?.isEmpty == false
    else { return nil }
    self.url = parsed
    self.timeout = timeout
    let configuration = URLSessionConfiguration.ephemeral
    configuration.httpMaximumConnectionsPerHost = 64
    session = URLSession(
      configuration: configuration, delegate: RefuseRedirects(), delegateQueue: nil)
  }

  /// Posts a body; blocks the calling thread until the answer is whole.
  func post(_ body: [UInt8], key: String?) -> Result<HTTPAnswer, TransportFault> {
    // Foundation counts whole seconds of silence; ours is the whole try, to the fraction, and comes first.
    var request = URLRequest(url: url, timeoutInterval: timeout.rounded(.up) + 1)
    request.httpMethod = "POST"
    request.httpBody = Data(body)
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    if let key { request.setValue("Bearer \(key)", forHTTPHeaderField: "Authorization") }
    let result = Mutex<Result<HTTPAnswer, TransportFault>?>(nil)
    let done = DispatchSemaphore(value: 0)
    let task = session.dataTask(with: request) { data, response, error in
      let outcome = Self.outcome(data, response, error)
      result.withLock { $0 = outcome }
      done.signal()
    }
    task.resume()
    guard done.wait(timeout: .now() + timeout) == .success else {
      task.cancel()
      return .failure(TransportFault(reason: "no answer within \(timeout) seconds"))
    }
    return result.withLock { $0 } ?? .failure(TransportFault(reason: "no answer"))
  }

  private static func outcome(
    _ data: Data?, _ response: URLResponse?, _ error: (any Error)?
  ) -> Result<HTTPAnswer, TransportFault> {
    guard let response = response as? HTTPURLResponse else {
      return .failure(TransportFault(reason: error?.localizedDescription ?? "no answer"))
    }
    let rates = RateHeaders(now: Date().timeIntervalSince1970) {
      response.value(forHTTPHeaderField: $0)
    }
    return .success(
      HTTPAnswer(status: response.statusCode, body: Array(data ?? Data()), rates: rates))
  }
}

/// Follows no redirect: it would carry the key to another host.
private final class RefuseRedirects: NSObject, URLSessionTaskDelegate {
  func urlSession(
    _ session: URLSession, task: URLSessionTask,
    willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
    completionHandler: @escaping @Sendable (URLRequest?) -> Void
  ) {
    completionHandler(nil)
  }
}
