public import Engine
public import Journal
import Structures

/// What happens to the configuration between opening the journal and the first request.
public enum StartUp {
  /// Why the server does not start.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file's configuration cannot follow the journal's.
    case conflict(ConfigurationChange.Conflict)
    /// The core refused it.
    case refused(Refusal)
    /// The journal counts a cold wallet, and the file names none or another.
    case coldWallet

    public var description: String {
      switch self {
      case .conflict(let conflict): "\(conflict)"
      case .refused(.invalidConfiguration(let problem)): problem
      case .coldWallet:
        "cold.descriptorFile: is not the cold wallet that the journal counts; it cannot change"
      case .refused(let refusal): "the configuration is refused: \(refusal)"
      }
    }
  }

  /// Puts the configured hot wallet in the place of the journal's, where the file names that one as the
  /// former. Before ``configure(_:with:)``.
  ///
  /// - Returns: Whether another wallet took over now.
  public static func rotate(
    _ sequencer: Sequencer, to rotation: WalletRotation, from former: [String]
  ) async throws -> Bool {
    let current = try await sequencer.read { $0.configuration?.walletDescriptor }
    guard let current, current != rotation.descriptor, current == former.last else { return false }
    if let refusal = try await sequencer.submit(.rotateWallet(rotation)).refusal {
      throw Failure.refused(refusal)
    }
    return true
  }

  /// Brings the journal to `configuration`: submits it at the first start and when it changed.
  ///
  /// - Returns: Whether it was submitted.
  /// - Throws: ``Failure`` or `SequencerError`.
  @discardableResult
  public static func configure(
    _ sequencer: Sequencer, with configuration: ExchangeConfiguration
  ) async throws -> Bool {
    if let current = try await sequencer.read({ $0.configuration }) {
      do throws(ConfigurationChange.Conflict) {
        guard try ConfigurationChange.isNeeded(from: current, to: configuration) else {
          return false
        }
      } catch {
        throw Failure.conflict(error)
      }
    }
    if try await sequencer.read({ $0.isEmpty }) {
      // Customers never see the key, so that none can choose ids that the core finds slowly.
      let key = HashKey(.random(in: 0...(.max)), .random(in: 0...(.max)))
      if let refusal = try await sequencer.submit(.keyHashes(key)).refusal {
        throw Failure.refused(refusal)
      }
    }
    if let refusal = try await sequencer.submit(.configure(configuration)).refusal {
      throw Failure.refused(refusal)
    }
    return true
  }

  /// Brings the journal to the configured cold wallet.
  ///
  /// - Throws: ``Failure`` or `SequencerError`.
  public static func configureCold(_ sequencer: Sequencer, with wallet: ColdWallet?) async throws {
    let known = try await sequencer.read { $0.coldWallet }
    guard known?.descriptor == nil || known?.descriptor == wallet?.descriptor else {
      throw Failure.coldWallet
    }
    guard let wallet, wallet != known else { return }
    if let refusal = try await sequencer.submit(.coldWallet(wallet)).refusal {
      throw Failure.refused(refusal)
    }
  }
}
