/** The words for writing to a client, where rooms that answer requests look for them. */
export { Said, say, Sentence, type Words } from "../../machines/domain/Sentence.ts"
