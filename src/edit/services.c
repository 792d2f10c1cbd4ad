/* SPDX-License-Identifier: Apache-2.0 */
/* Well-known services: databases, remote control, and what else hurts when strangers reach it. */
#include "services.h"

#include "twoway/space.h"

/* How a fix tells what it opens. */
#define UNTOLD false, false
#define TOLD   true, false
#define LOUD   true, true
/* `exposed` of services that come after all that have a place of their own. */
#define LAST UINT8_MAX

static const struct tw_known_service services[] = {
	{TW_PROTOCOL_TCP, 22, "ssh", "SSH", "remote shell", LOUD, 0},
	{TW_PROTOCOL_TCP, 23, "telnet", "Telnet", "remote shell in plain text", TOLD, 0},
	{TW_PROTOCOL_TCP, 135, "msrpc", "Microsoft RPC", "Windows remote procedure calls", TOLD, 0},
	{TW_PROTOCOL_TCP, 389, "ldap", "LDAP", "directory", TOLD, 0},
	{TW_PROTOCOL_TCP, 445, "smb", "SMB", "Windows file shares", TOLD, 0},
	{TW_PROTOCOL_TCP, 1433, "mssql", "SQL Server", "database", LOUD, 6},
	{TW_PROTOCOL_TCP, 1521, "oracle", "Oracle", "database", TOLD, LAST},
	{TW_PROTOCOL_TCP, 2049, "nfs", "NFS", "file shares", TOLD, 10},
	{TW_PROTOCOL_TCP, 2375, "docker", "Docker", "control of containers, no password", LOUD, 11},
	{TW_PROTOCOL_TCP, 2376, "docker-tls", "Docker with TLS", "control of containers", UNTOLD,
		LAST},
	{TW_PROTOCOL_TCP, 2379, "etcd", "etcd", "state of a cluster", TOLD, LAST},
	{TW_PROTOCOL_TCP, 3306, "mysql", "MySQL", "database", LOUD, 3},
	{TW_PROTOCOL_TCP, 3389, "rdp", "RDP", "remote desktop of Windows", LOUD, 1},
	{TW_PROTOCOL_TCP, 5432, "postgresql", "PostgreSQL", "database", LOUD, 2},
	{TW_PROTOCOL_TCP, 5601, "kibana", "Kibana", "what a database holds", UNTOLD, LAST},
	{TW_PROTOCOL_TCP, 5672, "amqp", "AMQP", "message queue", UNTOLD, LAST},
	{TW_PROTOCOL_TCP, 5900, "vnc", "VNC", "remote desktop", TOLD, 9},
	{TW_PROTOCOL_TCP, 5985, "winrm", "WinRM", "remote control of Windows", TOLD, LAST},
	{TW_PROTOCOL_TCP, 5986, "winrm-tls", "WinRM with TLS", "remote control of Windows", UNTOLD,
		LAST},
	{TW_PROTOCOL_TCP, 6379, "redis", "Redis", "database, often without a password", LOUD, 4},
	{TW_PROTOCOL_TCP, 6443, "kubernetes", "Kubernetes API", "control of a cluster", TOLD, 12},
	{TW_PROTOCOL_TCP, 8080, "http-alt", "HTTP 8080", "web applications", TOLD, 13},
	{TW_PROTOCOL_TCP, 9042, "cassandra", "Cassandra", "database", UNTOLD, LAST},
	{TW_PROTOCOL_TCP, 9092, "kafka", "Kafka", "message queue", TOLD, LAST},
	{TW_PROTOCOL_TCP, 9200, "elasticsearch", "Elasticsearch", "database", LOUD, 7},
	{TW_PROTOCOL_TCP, 10250, "kubelet", "kubelet", "control of a cluster's node", TOLD, LAST},
	{TW_PROTOCOL_TCP, 11211, "memcached", "Memcached", "cache without a password", TOLD, 8},
	{TW_PROTOCOL_TCP, 27017, "mongodb", "MongoDB", "database", LOUD, 5},
	{TW_PROTOCOL_UDP, 53, "dns", "DNS", "name service", TOLD, 0},
	{TW_PROTOCOL_UDP, 123, "ntp", "NTP", "time service", TOLD, 0},
	{TW_PROTOCOL_UDP, 161, "snmp", "SNMP", "state of devices", TOLD, 0},
	{TW_PROTOCOL_UDP, 389, "cldap", "LDAP", "directory, amplifies attacks", TOLD, 0},
	{TW_PROTOCOL_UDP, 1434, "mssql-browser", "SQL Server Browser", "where databases are",
		UNTOLD, LAST},
	{TW_PROTOCOL_UDP, 1900, "ssdp", "SSDP", "discovery, amplifies attacks", TOLD, LAST},
	{TW_PROTOCOL_UDP, 2049, "nfs", "NFS", "file shares", UNTOLD, LAST},
	{TW_PROTOCOL_UDP, 3389, "rdp", "RDP", "remote desktop of Windows", LOUD, LAST},
	{TW_PROTOCOL_UDP, 11211, "memcached", "Memcached", "cache, amplifies attacks", TOLD, LAST},
};

const struct tw_known_service *tw_known_services(size_t *ret_count)
{
	*ret_count = sizeof(services) / sizeof(services[0]);
	return services;
}
