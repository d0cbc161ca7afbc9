/**
 * The ports of a process: adapters chosen by the settings, and over them what the integration supplies.
 *
 * Gotcha: an integration may leave out what it does not care for, which no type of a dynamically loaded module can say. So its
 * services are laid over the defaults by key, and what must be there is asked for afterwards.
 */
import { Context, Effect, Layer } from "effect"
import * as EmbeddedKyc from "../../adapters/kyc-embedded/EmbeddedKyc.ts"
import * as NodeEntropy from "../../adapters/entropy-node/NodeEntropy.ts"
import * as ConfiguredRates from "../../adapters/rates-static/ConfiguredRates.ts"
import { sandboxRail } from "../../adapters/sandbox/SandboxRail.ts"
import { sandboxRates } from "../../adapters/sandbox/SandboxRates.ts"
import * as OutboundNode from "../../adapters/outbound-node/OutboundNode.ts"
import * as LocalRefundSigner from "../../adapters/refund-signer-local/LocalRefundSigner.ts"
import * as LocalSigner from "../../adapters/signer-local/LocalSigner.ts"
import * as Horizon from "../../adapters/stellar-horizon/Horizon.ts"
import * as HorizonClaimables from "../../adapters/stellar-horizon/HorizonClaimables.ts"
import * as LocalVault from "../../adapters/vault-local/LocalVault.ts"
import { assetId } from "../../machines/domain/Asset.ts"
import { ConfigProblems, type Problem } from "../cli/ConfigProblems.ts"
import { timingVariable, variables } from "../cli/variables.ts"
import { KedgeConfig, type Settings } from "../KedgeConfig.ts"
import { BusinessHooks, defaultHooks } from "../ports/BusinessHooks.ts"
import type { KycProvider } from "../ports/KycProvider.ts"
import { type PaymentRail, Rails } from "../ports/Rails.ts"
import { RateProvider } from "../ports/RateProvider.ts"
import { RefundSigner } from "../ports/RefundSigner.ts"
import { Signer } from "../ports/Signer.ts"
import { type Integration, loadIntegration, noIntegration } from "./integration.ts"
import { storageLayer } from "./storage.ts"

const noRails: Rails["Service"] = { all: [], find: () => undefined, byName: () => undefined }

/** The rails that come with Kedge, as far as the settings ask for them. */
const ownRails = Layer.effect(
  Rails,
  Effect.gen(function* () {
    const settings = yield* KedgeConfig
    if (settings.rail === null || settings.sandboxUrl === null) return noRails
    return Rails.one(
      yield* sandboxRail({
        url: settings.sandboxUrl,
        concurrency: settings.railConcurrency,
        timeoutSeconds: settings.timing.railTimeout
      })
    )
  })
)

/** The pairs of the file at their own rates, or at the sandbox's where they have none. */
const ownRates = Layer.unwrap(
  Effect.gen(function* () {
    const { quotes, rates, sandboxUrl } = yield* KedgeConfig
    if (quotes === null) return RateProvider.none
    return rates === "sandbox" && sandboxUrl !== null
      ? ConfiguredRates.layer(quotes.pairs, yield* sandboxRates(sandboxUrl))
      : ConfiguredRates.layer(quotes.pairs)
  })
)

/** Pairs that only a rate provider of the integration's could quote, where it brings none. */
export const rateProblems = (settings: Pick<Settings, "quotes" | "rates">): ReadonlyArray<Problem> =>
  settings.rates === null
    ? (settings.quotes?.pairs ?? [])
        .filter(({ rate }) => rate === null)
        .map(({ buy, sell }) => ({
          name: variables.integration.name,
          message: `supplies no RateProvider, and the pair of ${sell} and ${buy} has no rate in the file`
        }))
    : []

/** Which rail the configuration names for an asset and method goes before what the rails say themselves. */
export const configuredRails = (settings: Settings, given: Rails["Service"]): Rails["Service"] => {
  const named = new Map(
    settings.assets.flatMap((asset) =>
      Object.entries(asset.rails).map(([method, rail]) => [`${assetId(asset)} ${method}`, rail] as const)
    )
  )
  return {
    all: given.all,
    byName: given.byName,
    find: (asset, method): PaymentRail | undefined => {
      const name = named.get(`${asset} ${method}`)
      return name === undefined ? given.find(asset, method) : given.byName(name)
    }
  }
}

/** What is wrong with the rails for these settings. */
export const railProblems = (settings: Settings, rails: Rails["Service"]): ReadonlyArray<Problem> => {
  if (rails.all.length === 0) {
    return [
      {
        name: variables.integration.name,
        message: "supplies no Rails, and KEDGE_RAIL names none, so nothing can be paid out"
      }
    ]
  }
  const unserved = settings.assets.flatMap((asset, index) =>
    asset.fundingMethods
      .filter((method) => rails.find(assetId(asset), method) === undefined)
      .map((method) => ({
        name: `${variables.config.name} assets[${index}]`,
        message: `no rail serves ${asset.code} by ${method}; name one in rails (there are ${rails.all
          .map(({ name }) => name)
          .join(", ")})`
      }))
  )
  const lease = timingVariable("payoutLease")
  const slow = rails.all
    .filter(({ timeoutSeconds }) => timeoutSeconds >= settings.timing.payoutLease)
    .map(({ name, timeoutSeconds }) => ({
      name: lease.name,
      message: `is ${settings.timing.payoutLease}, not more than the ${timeoutSeconds} seconds of the rail ${name}: a payout would be taken over while its call still runs`
    }))
  return [...unserved, ...slow]
}

/** Whoever brings them, the key of refunds and that of challenges are two (SEC-13). */
export const refundProblems = (
  refunds: RefundSigner["Service"],
  signer: Pick<Signer["Service"], "publicKey">
): ReadonlyArray<Problem> =>
  refunds !== null && [refunds.publicKey, ...refunds.sources].includes(signer.publicKey)
    ? [
        {
          name: variables.integration.name,
          message: "supplies a RefundSigner with the key that signs challenges, which must move no money"
        }
      ]
    : []

const basics = (settings: Settings) => {
  const own = Layer.mergeAll(
    Layer.succeed(KedgeConfig, settings),
    NodeEntropy.layer,
    storageLayer(settings.databaseUrl)
  )
  return Layer.mergeAll(LocalVault.layer, Horizon.layer, HorizonClaimables.layer, OutboundNode.layer).pipe(
    Layer.provideMerge(own)
  )
}

/** The embedded provider; with the sandbox, names decide. */
const ownKyc = Layer.unwrap(
  Effect.map(KedgeConfig, ({ rail, timing }) =>
    EmbeddedKyc.layer({ scripted: rail === "sandbox", processingSeconds: timing.kycProcessing })
  )
)

/** The sandbox sends no messages: whoever tries it out reads the code in the log. */
const ownHooks = Layer.effect(
  BusinessHooks,
  Effect.map(KedgeConfig, ({ rail }) =>
    rail === "sandbox"
      ? BusinessHooks.make({
          sendCode: ({ code, customerId, field }) =>
            Effect.logInfo("the sandbox sends no verification codes; this would be one", {
              customerId,
              field,
              code
            })
        })
      : defaultHooks
  )
)

const defaults = Layer.mergeAll(
  ownRails,
  ownHooks,
  ownKyc,
  ownRates,
  LocalSigner.layer,
  LocalRefundSigner.layer
)

const supplied = (integration: Integration) =>
  Layer.effectContext(
    Effect.gen(function* () {
      const settings = yield* KedgeConfig
      const brought = yield* Layer.build(integration)
      const services = Context.merge(yield* Layer.build(defaults), brought) as Context.Context<
        Rails | BusinessHooks | KycProvider | RateProvider | RefundSigner | Signer
      >
      const rails = configuredRails(settings, Context.get(services, Rails))
      const bringsRates = Context.getOption(brought, RateProvider)._tag === "Some"
      const problems = [
        ...railProblems(settings, rails),
        ...(bringsRates ? [] : rateProblems(settings)),
        ...refundProblems(Context.get(services, RefundSigner), Context.get(services, Signer))
      ]
      if (problems.length > 0) return yield* new ConfigProblems({ problems })
      return Context.add(services, Rails, rails)
    })
  )

/** Every port, for these settings. Fails with `ConfigProblems` where they do not fit together. */
export const portsLayer = (settings: Settings) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const integration =
        settings.integration === null ? noIntegration : yield* loadIntegration(settings.integration)
      return supplied(integration).pipe(Layer.provideMerge(basics(settings)))
    })
  )
