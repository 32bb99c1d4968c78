import * as z from "zod";

// The parts of the agent's configuration file that Belfry writes, as AWS documents them.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const FIXED_DIMENSIONS = ["ImageId", "InstanceId", "InstanceType", "AutoScalingGroupName"] as const;

const seconds = z.int().min(1).max(172_800);
const counters = z.array(z.string().min(1).max(255)).min(1);
const resources = z.array(z.string().min(1).max(4096)).max(256);
const name = z.string().min(1).max(512);
const destination = {
  log_group_name: name,
  log_stream_name: name,
  retention_in_days: z.union([z.literal(-1), z.literal(RETENTIONS)]).optional(),
};

const metrics = (sections: z.ZodType) =>
  z.strictObject({
    namespace: z.string().min(1).max(255),
    append_dimensions: z.partialRecord(z.enum(FIXED_DIMENSIONS), z.string().regex(/^\$\{aws:(\w+)\}$/)),
    aggregation_dimensions: z
      .array(z.array(z.string().min(1).max(1024)).max(30))
      .min(1)
      .max(1024),
    metrics_collected: sections,
  });

const simple = z.strictObject({ measurement: counters });
const perResource = z.strictObject({ measurement: counters, resources });
const of = (...known: [string, ...string[]]) => z.array(z.enum(known)).min(1);

const files = z.strictObject({
  collect_list: z
    .array(z.strictObject({ file_path: z.string().max(4096), ...destination }))
    .min(1)
    .max(16_384),
});

/** The agent's configuration for Linux, strict: what is not documented is refused. */
export const LinuxAgent = z.strictObject({
  agent: z.strictObject({ metrics_collection_interval: seconds }),
  metrics: metrics(
    z.strictObject({
      mem: z.strictObject({ measurement: of("used_percent", "available_percent", "used", "free") }),
      disk: z.strictObject({
        measurement: of("used_percent", "inodes_free", "used", "free"),
        resources,
        drop_device: z.boolean().optional(),
        ignore_file_system_types: resources.optional(),
      }),
      swap: z.strictObject({ measurement: of("used_percent", "used", "free") }).optional(),
      netstat: z.strictObject({ measurement: of("tcp_established", "tcp_time_wait", "tcp_listen") }).optional(),
    }),
  ),
  logs: z.strictObject({ logs_collected: z.strictObject({ files }) }).optional(),
});

/** The agent's configuration for Windows, whose sections are performance objects. */
export const WindowsAgent = z.strictObject({
  agent: z.strictObject({ metrics_collection_interval: seconds }),
  metrics: metrics(
    z.strictObject({
      Memory: simple,
      LogicalDisk: perResource,
      "Paging File": perResource.optional(),
      TCPv4: simple.optional(),
    }),
  ),
  logs: z
    .strictObject({
      logs_collected: z
        .strictObject({
          files: files.optional(),
          windows_events: z
            .strictObject({
              collect_list: z
                .array(
                  z.strictObject({
                    event_name: z.string().min(1).max(255),
                    event_levels: of("CRITICAL", "ERROR", "WARNING", "INFORMATION", "VERBOSE"),
                    event_format: z.enum(["text", "xml"]),
                    ...destination,
                  }),
                )
                .min(1)
                .max(16_384),
            })
            .optional(),
        })
        .refine((collected) => Object.keys(collected).length > 0),
    })
    .optional(),
});
