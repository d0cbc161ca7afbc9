/** Rows that belong to no transaction: groups, leases, used challenges. */
import { defineEntity, p } from "@mikro-orm/postgresql"
import { key } from "./columns.ts"

/** A group that was committed, with its answer; a null answer fences out a group that must never be. */
const CommitGroupSchema = defineEntity({
  name: "CommitGroup",
  tableName: "commit_group",
  indexes: [{ name: "commit_group_at", properties: ["at"] }],
  properties: {
    id: p.uuid().primary(),
    at: p.datetime(),
    result: p.json<Record<string, unknown>>().nullable()
  }
})
export class CommitGroup extends CommitGroupSchema.class {}
CommitGroupSchema.setClass(CommitGroup)

const LeaseSchema = defineEntity({
  name: "Lease",
  tableName: "lease",
  properties: {
    role: key().primary(),
    owner: p.text(),
    epoch: p.integer(),
    until: p.datetime()
  }
})
export class Lease extends LeaseSchema.class {}
LeaseSchema.setClass(Lease)

const ChallengeSchema = defineEntity({
  name: "Challenge",
  tableName: "challenge",
  indexes: [{ name: "challenge_expiry", properties: ["expiresAt"] }],
  properties: {
    hash: key().primary(),
    expiresAt: p.datetime()
  }
})
export class Challenge extends ChallengeSchema.class {}
ChallengeSchema.setClass(Challenge)

/** One row, written by `ping`: a database that can only be read does not answer. */
const HeartbeatSchema = defineEntity({
  name: "Heartbeat",
  tableName: "heartbeat",
  properties: {
    id: p.integer().primary().autoincrement(false),
    at: p.datetime()
  }
})
export class Heartbeat extends HeartbeatSchema.class {}
HeartbeatSchema.setClass(Heartbeat)
