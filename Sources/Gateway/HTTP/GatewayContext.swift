import Hummingbird
import NIOCore

/// What one HTTP request carries besides itself: where it came from.
struct GatewayContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// The peer's network address without the port, or blank.
  let address: String

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    address = source.channel.remoteAddress?.ipAddress ?? ""
  }
}
