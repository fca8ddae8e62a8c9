// Holds objects of custom resources against their schemas: JSON list in, list of complaints out.
import { readFileSync } from "node:fs";
import * as keda from "@kubernetes-models/keda/keda.sh/v1alpha1";
import * as monitoring from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";

const kinds = {
  "keda.sh/v1alpha1": keda,
  "monitoring.coreos.com/v1": monitoring,
};

const complaints = JSON.parse(readFileSync(0, "utf8")).map((object) => {
  const Kind = kinds[object.apiVersion]?.[object.kind];
  if (!Kind) return `no schema of ${object.apiVersion} ${object.kind}`;
  try {
    new Kind(object).validate();
    return "";
  } catch (error) {
    return String(error.message);
  }
});
process.stdout.write(JSON.stringify(complaints));
